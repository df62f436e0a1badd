/// Finds the ports of other nodes and registers this node. SPEC: erl_dist_protocol EPMD Protocol.
@NullMarked
package dev.pier.erlang.epmd;

import org.jspecify.annotations.NullMarked;
