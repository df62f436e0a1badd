/// A peer as applications see it: one name, and one or several nodes.
@NullMarked
package dev.pier.erlang.peer;

import org.jspecify.annotations.NullMarked;
