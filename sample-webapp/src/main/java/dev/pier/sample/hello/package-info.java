/// The card Hello: one function, called in two ways.
@NullMarked
package dev.pier.sample.hello;

import org.jspecify.annotations.NullMarked;
