package dev.pier.erlang.plugin;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.node.PeerLink;

/// A peer of `server.conf`, shared by all web applications.
record ListedPeer(String name, PeerLink link, CallOptions options, PeerMetrics metrics) {}
