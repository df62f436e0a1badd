/// The comparisons.
@NullMarked
package dev.pier.bench.comparisons;

import org.jspecify.annotations.NullMarked;
