package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;

/// The outcome of a handshake: both sides know the cookie, and know each other.
///
/// @param self our name on this connection, which the peer has given us if we asked for one
/// @param creation our incarnation on this connection, likewise
/// @param peerFlags all that the peer said it could do
/// @param capabilities what both sides can do
public record HandshakeResult(
        NodeName self, int creation, NodeName peer, int peerCreation, long peerFlags, Capabilities capabilities) {
    /// Whether the peer shows itself only to those it is connected with.
    public boolean peerHidden() {
        return (peerFlags & DistFlags.PUBLISHED) == 0;
    }
}
