/// The web application that is deployed into Pier. Runs there, not in the bench's own JVM.
@NullMarked
package dev.pier.bench.pierapp;

import org.jspecify.annotations.NullMarked;
