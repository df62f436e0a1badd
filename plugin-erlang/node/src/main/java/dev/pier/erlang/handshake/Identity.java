package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;

/// What this node says of itself in a handshake.
///
/// @param name the node's name; its host alone if it asks the peer for a name
/// @param creation the incarnation of the node; 0 if it asks for a name
public record Identity(String name, int creation, long flags) {
    public static Identity of(NodeName name, int creation, long flags) {
        return new Identity(name.toString(), creation, flags & ~DistFlags.NAME_ME);
    }

    /// A node that takes its name and creation from the peer, as with Erlang's `-sname undefined`.
    public static Identity nameless(String host, long flags) {
        return new Identity(host, 0, flags | DistFlags.NAME_ME);
    }

    boolean wantsName() {
        return (flags & DistFlags.NAME_ME) != 0;
    }
}
