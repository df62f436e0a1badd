/// The card Console: any function that is allowed.
@NullMarked
package dev.pier.sample.console;

import org.jspecify.annotations.NullMarked;
