package dev.pier.erlang;

/// How the calls to a peer of several nodes are spread over those of its nodes that are connected and take calls.
public enum Balance {
    /// Each node in turn.
    ROUND_ROBIN,
    /// The node on which the fewest calls and streams of this server run. A slow node gets fewer calls.
    LEAST_CALLS,
    /// The first one in the order of the configuration; the others only stand by.
    FIRST
}
