/// The application under test.
@NullMarked
package dev.pier.testkit.app;

import org.jspecify.annotations.NullMarked;
