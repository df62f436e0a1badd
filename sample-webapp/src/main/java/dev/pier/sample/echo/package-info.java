/// The card Echo: messages to a registered process of Erlang, and its answers to one of ours.
@NullMarked
package dev.pier.sample.echo;

import org.jspecify.annotations.NullMarked;
