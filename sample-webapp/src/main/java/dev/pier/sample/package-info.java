/// The sample web application: what a web application in Pier looks like. Its Erlang side is in `sample-webapp/erlang`.
@NullMarked
package dev.pier.sample;

import org.jspecify.annotations.NullMarked;
