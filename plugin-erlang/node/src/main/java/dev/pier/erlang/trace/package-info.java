/// The names of traced calls, and what follows those that Erlang makes.
@NullMarked
package dev.pier.erlang.trace;

import org.jspecify.annotations.NullMarked;
