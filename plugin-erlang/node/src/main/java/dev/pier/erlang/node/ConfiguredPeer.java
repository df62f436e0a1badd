package dev.pier.erlang.node;

import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.peer.PeerGroup;

/// A configured peer, as all applications share it.
///
/// @param calls told of each call
record ConfiguredPeer(PeerGroup group, CallListener calls) {}
