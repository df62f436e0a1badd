/// The card Console: calls of any allowed function.
@NullMarked
package dev.pier.sample.console;

import org.jspecify.annotations.NullMarked;
