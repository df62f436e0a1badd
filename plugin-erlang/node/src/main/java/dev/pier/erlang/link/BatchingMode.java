package dev.pier.erlang.link;

/// Whether calls go through the module `pier_calls` on a peer, which answers many of them in one message.
public enum BatchingMode {
    /// Each call is a request to spawn.
    NEVER,
    /// Where the peer has the module.
    PRESENT,
    /// The module is loaded into peers that lack it.
    LOAD
}
