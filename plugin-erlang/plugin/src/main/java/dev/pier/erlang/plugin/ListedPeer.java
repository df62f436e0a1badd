package dev.pier.erlang.plugin;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.link.PeerLink;

/// A peer of `server.conf`, as all web applications share it.
///
/// @param calls told of each call
record ListedPeer(String name, PeerLink link, CallOptions options, CallListener calls) {}
