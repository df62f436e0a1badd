/// The composition root: the builder, its settings with their defaults, and the running node.
@NullMarked
package dev.pier.erlang.node;

import org.jspecify.annotations.NullMarked;
