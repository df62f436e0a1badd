/// The processes that are compared and those that they talk to, each started for the run and ended with it.
@NullMarked
package dev.pier.bench.sides;

import org.jspecify.annotations.NullMarked;
