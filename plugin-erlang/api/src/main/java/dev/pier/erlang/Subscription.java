package dev.pier.erlang;

/// The registration of a listener. It ends with [#close], with the application that made it, and with the node.
public interface Subscription extends AutoCloseable {
    /// Ends the registration: no further event is delivered. One that is being handled is not interrupted.
    /// Idempotent.
    @Override
    void close();
}
