package dev.pier.erlang;

/// What has been exposed to Erlang, for as long as it is to be. It ends by itself with the web application that made
/// it, and with the node.
public interface Exposure extends AutoCloseable {
    /// Takes the functions back: from now on they are `undef`. Calls that run already go on. Idempotent.
    @Override
    void close();
}
