/// Calls to functions on a peer.
@NullMarked
package dev.pier.erlang.rpc;

import org.jspecify.annotations.NullMarked;
