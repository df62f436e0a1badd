/// Where `bin/bench` begins.
@NullMarked
package dev.pier.bench;

import org.jspecify.annotations.NullMarked;
