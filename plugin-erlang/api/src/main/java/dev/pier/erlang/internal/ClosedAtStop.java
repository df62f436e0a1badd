package dev.pier.erlang.internal;

/// A source of messages or rows without an end of its own, which would hold up the server's stop and the end of a
/// replaced version of an application.
///
/// *Threads.* Any.
public interface ClosedAtStop {
    /// From now on, the source closes when its application begins to drain, or the server to stop; at once, if
    /// that has begun.
    void closeAtStop();
}
