package dev.pier.erlang;

/// A further node in this JVM, beside the server's: see [ErlangNode#open].
public interface OpenedNode extends ErlangNode, AutoCloseable {
    /// Ends the node: its processes end, its peers see `noconnection`, and its name becomes free. Idempotent.
    @Override
    void close();
}
