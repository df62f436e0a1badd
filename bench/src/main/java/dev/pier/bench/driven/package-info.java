/// Code that runs the callers inside a server's JVM, not in the bench's own JVM.
@NullMarked
package dev.pier.bench.driven;

import org.jspecify.annotations.NullMarked;
