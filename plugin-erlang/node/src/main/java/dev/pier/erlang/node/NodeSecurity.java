package dev.pier.erlang.node;

import dev.pier.erlang.transport.SocketSecurity;
import dev.pier.erlang.transport.Tls;
import dev.pier.erlang.transport.TlsUse;
import org.jspecify.annotations.Nullable;

/// How the connections of the nodes of a runtime are protected.
///
/// @param outgoing of connections that this node opens
/// @param incoming of connections that peers open
record NodeSecurity(SocketSecurity.Outgoing outgoing, SocketSecurity.Incoming incoming) {
    /// @param tls `null` for plain TCP
    static NodeSecurity of(NodeSettings settings, PeersInForce peers, @Nullable Tls tls) {
        if (tls == null) {
            return new NodeSecurity(SocketSecurity.PLAIN, SocketSecurity.PLAIN_LISTENER);
        }
        return new NodeSecurity(
                (channel, node, within) ->
                        (peers.isPlain(node) ? SocketSecurity.PLAIN : tls).connected(channel, node, within),
                settings.listenTls() == TlsUse.REQUIRED ? tls : SocketSecurity.PLAIN_LISTENER);
    }
}
