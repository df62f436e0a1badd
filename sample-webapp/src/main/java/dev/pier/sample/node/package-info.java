/// The card Node: the Erlang node's figures, and the connection's.
@NullMarked
package dev.pier.sample.node;

import org.jspecify.annotations.NullMarked;
