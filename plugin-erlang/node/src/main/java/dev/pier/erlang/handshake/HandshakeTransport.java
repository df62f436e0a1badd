package dev.pier.erlang.handshake;

import java.io.IOException;
import java.time.Duration;

/// Carries the packets of a handshake. How a packet's length is written is the transport's business: two bytes
/// over TCP, four within TLS.
///
/// One thread uses it. At a deadline the transport closes the connection, as half a packet leaves nothing to go on
/// with.
public interface HandshakeTransport {
    /// What the longest packets with the longest names need, several times over. A longer one is refused unread.
    int MAX_PACKET = 4096;

    /// The next packet, without its length.
    ///
    /// @param within until when the whole packet must be there
    /// @throws java.net.SocketTimeoutException at the deadline
    /// @throws java.io.EOFException if the peer has closed the connection
    /// @throws HandshakeException if the packet is longer than [#MAX_PACKET]
    byte[] receive(Duration within) throws IOException;

    /// @throws java.net.SocketTimeoutException at the deadline
    void send(byte[] packet, Duration within) throws IOException;
}
