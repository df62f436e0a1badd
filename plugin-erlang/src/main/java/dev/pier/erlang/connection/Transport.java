package dev.pier.erlang.connection;

import java.io.IOException;
import java.nio.ByteBuffer;

/// The bytes of one connection, both ways. One thread reads, one writes, any thread closes; closing wakes both.
public interface Transport {
    /// Reads at least one byte, waiting for it.
    ///
    /// @return how many bytes, or -1 at the end
    /// @throws IOException if the connection broke or has been closed
    int read(ByteBuffer into) throws IOException;

    /// Writes all that the buffer holds, waiting for room.
    ///
    /// @throws IOException if the connection broke or has been closed
    void write(ByteBuffer from) throws IOException;

    /// Ends both directions at once. Idempotent; never waits for the network.
    void close();
}
