/// The comparisons themselves.
@NullMarked
package dev.pier.bench.comparisons;

import org.jspecify.annotations.NullMarked;
