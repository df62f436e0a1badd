package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;

/// The result of a successful handshake: both sides have proved that they know the cookie.
///
/// @param self this node's name on this connection, which the peer chose if this node asked for one
/// @param creation this node's incarnation on this connection, likewise
/// @param peerFlags all flags of the peer
/// @param capabilities the flags that both sides have
public record HandshakeResult(
        NodeName self, int creation, NodeName peer, int peerCreation, long peerFlags, Capabilities capabilities) {
    /// Whether the peer is a hidden node, which other nodes do not list in `nodes()`.
    public boolean peerHidden() {
        return (peerFlags & DistFlags.PUBLISHED) == 0;
    }
}
