/// The sample web application. Its Erlang modules are in `sample-webapp/erlang`.
///
/// The page consists of cards. Each card has a package with the servlet behind it; shared code is in
/// [dev.pier.sample.web].
@NullMarked
package dev.pier.sample;

import org.jspecify.annotations.NullMarked;
