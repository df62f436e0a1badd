package dev.pier.erlang.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The byte stream of one connection, in both directions.
///
/// Threads. One thread reads, one at a time writes, any thread closes. Closing wakes the threads that wait.
public interface Transport {
    /// Reads at least one byte; waits for it.
    ///
    /// @return how many bytes were read, or -1 at the end of the stream
    /// @throws IOException if the connection failed or has been closed
    int read(ByteBuffer into) throws IOException;

    /// Wakes the reader for a look at what has arrived.
    ///
    /// @return completed once a read that began after this call finds nothing to read. Not completed if the stream
    ///     ends instead
    default CompletableFuture<Void> readUp() {
        return CompletableFuture.completedFuture(null);
    }

    /// Writes as much as the transport has room for. Never waits. The caller passes the bytes that are left
    /// again, unchanged and before all others: a part of them may have been encrypted.
    ///
    /// @throws IOException if the connection failed or has been closed
    void writeWhatFits(ByteBuffer from) throws IOException;

    /// Waits until there may be room to write.
    ///
    /// @throws IOException if the connection has been closed
    void awaitRoom() throws IOException;

    /// The TLS of the connection; `null` over plain TCP.
    default @Nullable TlsInfo tls() {
        return null;
    }

    /// Ends both directions at once. Idempotent; never waits for the network.
    void close();
}
