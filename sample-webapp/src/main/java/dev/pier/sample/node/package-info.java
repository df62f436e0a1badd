/// The card Node: figures of the Erlang node and of the connection to it.
@NullMarked
package dev.pier.sample.node;

import org.jspecify.annotations.NullMarked;
