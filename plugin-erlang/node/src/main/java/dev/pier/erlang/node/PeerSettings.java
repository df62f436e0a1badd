package dev.pier.erlang.node;

import dev.pier.erlang.Balance;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.transport.TlsUse;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A configured peer. Its cookie, if it has one of its own, is not among the settings.
///
/// @param nodes the names of its nodes; empty if DNS has them
/// @param dns how DNS has them; `null` if they are given
/// @param address where the peer listens, unresolved; `null` to ask EPMD. For a peer of one node only
/// @param connect when its connections are opened
/// @param options the options of calls, unless the caller sets others
/// @param balance how calls are spread over its nodes
/// @param tls whether it is connected to within TLS; `null` if it is where the node has TLS
public record PeerSettings(
        List<NodeName> nodes,
        @Nullable DnsSettings dns,
        @Nullable InetSocketAddress address,
        Connect connect,
        CallOptions options,
        Balance balance,
        @Nullable TlsUse tls) {
    /// The most nodes that a peer may have.
    public static final int MAX_NODES = 1_000;

    public PeerSettings {
        nodes = List.copyOf(nodes);
    }

    /// Whether the node is one of the peer's.
    boolean has(NodeName node) {
        return nodes.contains(node) || (dns != null && node.alive().equals(dns.node()));
    }

    /// When the connection to a peer is opened.
    public enum Connect {
        /// At the start of the node, and again by itself whenever it is lost.
        EAGER,
        /// With the first call; from then on as `EAGER`. With several nodes, the first call connects to all of
        /// them.
        AT_FIRST_USE
    }
}
