package dev.pier.erlang;

/// The exposure of functions to Erlang. It ends with [#close], with the application that made it, and with the
/// node.
public interface Exposure extends AutoCloseable {
    /// Withdraws the functions: from now on they are `undef`. Running calls go on. Idempotent.
    @Override
    void close();
}
