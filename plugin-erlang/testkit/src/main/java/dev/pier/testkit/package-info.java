/// Nodes of Pier for tests.
@NullMarked
package dev.pier.testkit;

import org.jspecify.annotations.NullMarked;
