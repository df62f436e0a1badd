/// The meters of a node for Micrometer, which is an optional dependency.
@NullMarked
package dev.pier.erlang.metrics;

import org.jspecify.annotations.NullMarked;
