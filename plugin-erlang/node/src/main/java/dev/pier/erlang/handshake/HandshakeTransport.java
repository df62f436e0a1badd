package dev.pier.erlang.handshake;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Carries the packets of a handshake, each preceded by its length: two bytes over TCP, four within TLS.
///
/// Threads: one thread uses it.
///
/// Lifecycle: at a deadline the transport closes the connection, because it cannot be used after half a packet.
public interface HandshakeTransport {
    /// In bytes: several times what the longest names need. A longer packet is refused unread.
    int MAX_PACKET = 4096;

    /// The two ends of a connection.
    record Route(@Nullable SocketAddress local, @Nullable SocketAddress remote) {
        /// Whether the other one is the same connection, seen from its other end.
        boolean isOppositeOf(Route other) {
            return local != null && remote != null && local.equals(other.remote) && remote.equals(other.local);
        }
    }

    /// The next packet, without its length.
    ///
    /// @param within how long the whole packet may take
    /// @throws java.net.SocketTimeoutException at the deadline
    /// @throws java.io.EOFException if the peer has closed the connection
    /// @throws HandshakeException if the packet is longer than [#MAX_PACKET], or the peer does not accept this
    ///     node within TLS; the message says what the peer did, as a predicate
    byte[] receive(Duration within) throws IOException;

    /// The two ends of the connection.
    ///
    /// @throws IOException if it is closed
    Route route() throws IOException;

    /// @throws java.net.SocketTimeoutException at the deadline
    void send(byte[] packet, Duration within) throws IOException;
}
