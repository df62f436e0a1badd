/// The sample web application: what a web application in Pier looks like. Its Erlang side is in `sample-webapp/erlang`.
///
/// The page has cards, and each card a package of its own here with the servlet behind it; what they share is in
/// [dev.pier.sample.web].
@NullMarked
package dev.pier.sample;

import org.jspecify.annotations.NullMarked;
