/// The command line of the bench.
@NullMarked
package dev.pier.bench;

import org.jspecify.annotations.NullMarked;
