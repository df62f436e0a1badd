/// What makes the callers inside a server's JVM. Runs there, not in the bench's own JVM.
@NullMarked
package dev.pier.bench.driven;

import org.jspecify.annotations.NullMarked;
