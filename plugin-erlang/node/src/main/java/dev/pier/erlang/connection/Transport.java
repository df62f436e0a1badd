package dev.pier.erlang.connection;

import java.io.IOException;
import java.nio.ByteBuffer;

/// The bytes of one connection, both ways. One thread reads, one at a time writes, any thread closes; closing wakes
/// both.
public interface Transport {
    /// Reads at least one byte, waiting for it.
    ///
    /// @return how many bytes, or -1 at the end
    /// @throws IOException if the connection broke or has been closed
    int read(ByteBuffer into) throws IOException;

    /// Writes as much as there is room for, and never waits.
    ///
    /// @throws IOException if the connection broke or has been closed
    void writeWhatFits(ByteBuffer from) throws IOException;

    /// Waits until there is room to write, or possibly so.
    ///
    /// @throws IOException if the connection has been closed
    void awaitRoom() throws IOException;

    /// Ends both directions at once. Idempotent; never waits for the network.
    void close();
}
