/// Calls to functions and to `gen_server`s on a peer.
@NullMarked
package dev.pier.erlang.call;

import org.jspecify.annotations.NullMarked;
