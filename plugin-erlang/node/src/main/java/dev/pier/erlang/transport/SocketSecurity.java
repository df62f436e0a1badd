package dev.pier.erlang.transport;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// How the new sockets of a node are protected: not at all ([#PLAIN]), or by TLS ([Tls]).
///
/// Threads: any thread may call; a TLS handshake blocks the thread that calls. If a method throws, the caller
/// closes the channel.
public interface SocketSecurity {
    /// For sockets that this node has connected.
    @FunctionalInterface
    interface Outgoing {
        /// @param channel connected, in blocking mode
        /// @param peer the node that must be at the other end
        /// @param within how long the TLS handshake may take
        PeerSocket connected(SocketChannel channel, NodeName peer, Duration within) throws HandshakeException;
    }

    /// For sockets that peers have connected.
    @FunctionalInterface
    interface Incoming {
        /// @param channel connected, in blocking mode
        /// @param within how long the TLS handshake may take
        PeerSocket accepted(SocketChannel channel, Duration within) throws HandshakeException;
    }

    /// Sends everything as it is.
    Outgoing PLAIN = (channel, _, _) -> new PlainSocket(channel);

    /// Takes everything as it is.
    Incoming PLAIN_LISTENER = (channel, _) -> new PlainSocket(channel);
}
