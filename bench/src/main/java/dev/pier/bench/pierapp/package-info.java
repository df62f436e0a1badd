/// The web application that uses Pier. Runs in a server, not in the bench's own JVM.
@NullMarked
package dev.pier.bench.pierapp;

import org.jspecify.annotations.NullMarked;
