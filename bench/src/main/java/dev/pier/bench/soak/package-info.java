/// A long run with load, kills, redeployments, slow readers and strangers at once; `bin/soak` runs it.
@NullMarked
package dev.pier.bench.soak;

import org.jspecify.annotations.NullMarked;
