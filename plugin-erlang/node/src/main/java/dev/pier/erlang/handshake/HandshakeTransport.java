package dev.pier.erlang.handshake;

import java.io.IOException;
import java.time.Duration;

/// Carries the packets of a handshake, each preceded by its length: two bytes over TCP, four within TLS.
///
/// Threads: one thread uses it.
///
/// Lifecycle: at a deadline the transport closes the connection, because it cannot be used after half a packet.
public interface HandshakeTransport {
    /// In bytes: several times what the longest names need. A longer packet is refused unread.
    int MAX_PACKET = 4096;

    /// The next packet, without its length.
    ///
    /// @param within how long the whole packet may take
    /// @throws java.net.SocketTimeoutException at the deadline
    /// @throws java.io.EOFException if the peer has closed the connection
    /// @throws HandshakeException if the packet is longer than [#MAX_PACKET]
    byte[] receive(Duration within) throws IOException;

    /// @throws java.net.SocketTimeoutException at the deadline
    void send(byte[] packet, Duration within) throws IOException;
}
