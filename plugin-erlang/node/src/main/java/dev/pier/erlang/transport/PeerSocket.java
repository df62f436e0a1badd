package dev.pier.erlang.transport;

import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeTransport;
import java.io.Closeable;
import java.io.IOException;

/// A connection to a peer during the distribution handshake: a socket in blocking mode, after the TLS handshake if
/// there
/// is one.
///
/// Threads: one thread uses it; any thread closes it.
public interface PeerSocket extends Closeable {
    /// Carries the packets of the distribution handshake.
    HandshakeTransport packets();

    /// Checks that the certificate of a peer that has connected names the host of the node name that the peer
    /// claims.
    ///
    /// @throws HandshakeException if it names others; the message says so as a predicate
    void requireHost(String host) throws HandshakeException;

    /// The same connection in non-blocking mode, once the handshake has succeeded. To be called once.
    Transport transport() throws IOException;

    /// The address of the peer, for logs.
    String remote();

    /// Closes the connection, also the one that [#transport] returned, without a word to the peer. Idempotent.
    @Override
    void close();
}
