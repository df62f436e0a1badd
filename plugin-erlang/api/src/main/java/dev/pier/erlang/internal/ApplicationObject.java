package dev.pier.erlang.internal;

/// An object that belongs to one version of an application: its node, or a peer of it.
///
/// *Threads.* Any.
public interface ApplicationObject {
    /// Closes what would hold up the end of the application, see [ClosedAtStop]: another version has replaced
    /// it, or it was removed, or the server begins to stop. Idempotent. Never blocks.
    void applicationDrains();
}
