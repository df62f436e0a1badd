/// The card Echo: messages to a registered process in Erlang, and its answers to a registered process in Java.
@NullMarked
package dev.pier.sample.echo;

import org.jspecify.annotations.NullMarked;
