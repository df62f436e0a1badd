/// The processes that are compared and their peers. Each is started for the run and ends with it.
@NullMarked
package dev.pier.bench.sides;

import org.jspecify.annotations.NullMarked;
