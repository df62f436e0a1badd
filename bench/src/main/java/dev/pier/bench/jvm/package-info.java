/// Microbenchmarks for JMH.
@NullMarked
package dev.pier.bench.jvm;

import org.jspecify.annotations.NullMarked;
