package dev.pier.erlang.plugin;

import dev.pier.erlang.peer.RequiredNodes;

/// The values of the setting `required` of a peer.
enum Required {
    NONE(RequiredNodes.NONE),
    ANY(RequiredNodes.ANY),
    ALL(RequiredNodes.ALL),
    TRUE(RequiredNodes.ANY),
    FALSE(RequiredNodes.NONE);

    private final RequiredNodes nodes;

    Required(RequiredNodes nodes) {
        this.nodes = nodes;
    }

    /// How many nodes of the peer must be connected before the server is ready.
    RequiredNodes nodes() {
        return nodes;
    }
}
