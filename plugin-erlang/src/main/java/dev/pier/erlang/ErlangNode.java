package dev.pier.erlang;

/// This server as a node among Erlang nodes.
public interface ErlangNode {
    /// The node's full name: `web@host`.
    String name();

    /// A peer by its name in `server.conf`, or any node by its node name (`name@host`). Does not connect.
    ///
    /// @throws IllegalArgumentException if the name is neither
    Peer peer(String name);
}
