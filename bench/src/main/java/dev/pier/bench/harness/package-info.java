/// What every comparison uses: rounds in turn, medians, the report.
@NullMarked
package dev.pier.bench.harness;

import org.jspecify.annotations.NullMarked;
