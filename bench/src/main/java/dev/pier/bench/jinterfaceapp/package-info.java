/// The web application that uses JInterface. Runs in a server, not in the bench's own JVM.
@NullMarked
package dev.pier.bench.jinterfaceapp;

import org.jspecify.annotations.NullMarked;
