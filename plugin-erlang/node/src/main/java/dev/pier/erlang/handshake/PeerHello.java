package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import java.util.Optional;

/// How a peer introduces itself when it connects. Nothing is proved yet.
///
/// @param node the peer's name; empty if it asks us for one
/// @param host the host part of its name
/// @param flags what it can do; only the lower half if it began with the older message
/// @param creation its incarnation; 0 if it asks for a name or began with the older message
public record PeerHello(Optional<NodeName> node, String host, long flags, int creation) {
    /// Whether the peer asks to be given a name on its host.
    public boolean wantsName() {
        return node.isEmpty();
    }

    /// For log lines and errors.
    @Override
    public String toString() {
        return node.map(NodeName::toString).orElse("a nameless node on " + host) + " (flags " + DistFlags.hex(flags)
                + ")";
    }
}
