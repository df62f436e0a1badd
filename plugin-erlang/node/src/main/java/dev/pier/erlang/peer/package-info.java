/// A peer as applications see it.
@NullMarked
package dev.pier.erlang.peer;

import org.jspecify.annotations.NullMarked;
