/// HTTP clients that generate load.
@NullMarked
package dev.pier.bench.load;

import org.jspecify.annotations.NullMarked;
