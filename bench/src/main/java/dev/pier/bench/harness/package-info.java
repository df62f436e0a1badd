/// Shared by all comparisons: rounds, medians and the report.
@NullMarked
package dev.pier.bench.harness;

import org.jspecify.annotations.NullMarked;
