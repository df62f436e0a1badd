package dev.pier.erlang.internal;

/// A source of messages without an end of its own, which would hold up the server's stop.
///
/// *Threads.* Any.
public interface ClosedAtStop {
    /// From now on, the source closes when the server begins to stop; at once, if it already has.
    void closeAtStop();
}
