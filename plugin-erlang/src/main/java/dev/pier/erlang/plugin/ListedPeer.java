package dev.pier.erlang.plugin;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.node.PeerLink;
import dev.pier.erlang.rpc.CallListener;

/// A peer of `server.conf`, as all web applications share it.
///
/// @param calls told of each call
record ListedPeer(String name, PeerLink link, CallOptions options, CallListener calls) {}
