package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import java.util.Optional;

/// What a connecting peer says of itself. Nothing is proved at this point.
///
/// @param node the peer's name; empty if it asks this node for one
/// @param host the host part of its name
/// @param flags its flags; only the lower half if it began with the message of OTP 22
/// @param creation its incarnation; 0 if it asks for a name or began with the message of OTP 22
public record PeerHello(Optional<NodeName> node, String host, long flags, int creation) {
    /// Whether the peer asks for a name on its host.
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
