package dev.pier.erlang.internal;

/// Rows without an end of their own. Their reader sees an error when they are closed, and can ask for the reason here.
///
/// *Threads.* Any.
public interface StreamClosedAtStop extends ClosedAtStop {
    /// Whether the stream was closed because its application drains, or the server stops.
    boolean isClosedAtStop();
}
