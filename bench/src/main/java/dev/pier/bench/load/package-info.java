/// Load from outside, over HTTP.
@NullMarked
package dev.pier.bench.load;

import org.jspecify.annotations.NullMarked;
