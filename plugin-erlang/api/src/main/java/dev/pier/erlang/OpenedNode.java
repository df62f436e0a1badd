package dev.pier.erlang;

/// A node of its own beside the server's: see [ErlangNode#open].
public interface OpenedNode extends ErlangNode, AutoCloseable {
    /// Ends the node: its processes end, its peers see `noconnection`, its name is free for another. Idempotent.
    @Override
    void close();
}
