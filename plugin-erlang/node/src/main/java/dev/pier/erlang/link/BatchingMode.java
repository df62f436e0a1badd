package dev.pier.erlang.link;

/// Whether calls go through the call batcher, the module `pier_calls` on the peer, which answers many calls in one
/// message.
public enum BatchingMode {
    /// Each call is a spawn request.
    NEVER,
    /// Calls go through the call batcher if the peer has the module.
    PRESENT,
    /// As [#PRESENT]; the module is loaded into peers that lack it.
    LOAD
}
