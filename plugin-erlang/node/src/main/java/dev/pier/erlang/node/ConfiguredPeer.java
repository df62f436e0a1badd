package dev.pier.erlang.node;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.link.PeerLink;

/// A configured peer, as all applications share it.
///
/// @param calls told of each call
record ConfiguredPeer(String name, PeerLink link, CallOptions options, CallListener calls) {}
