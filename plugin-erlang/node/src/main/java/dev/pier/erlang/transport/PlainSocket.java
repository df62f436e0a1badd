package dev.pier.erlang.transport;

import dev.pier.erlang.handshake.HandshakeTransport;
import dev.pier.erlang.handshake.StreamTransport;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/// A TCP connection during the distribution handshake.
final class PlainSocket implements PeerSocket {
    private final SocketChannel channel;

    PlainSocket(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public HandshakeTransport packets() {
        return StreamTransport.tcp(channel);
    }

    /// There is no certificate.
    @Override
    public void requireHost(String host) {}

    @Override
    public Transport transport() throws IOException {
        return new SocketTransport(channel);
    }

    @Override
    public String remote() {
        return remote(channel);
    }

    static String remote(SocketChannel channel) {
        try {
            return String.valueOf(channel.getRemoteAddress());
        } catch (IOException closed) {
            return "a closed connection";
        }
    }

    @Override
    public void close() {
        close(channel);
    }

    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // The channel is not used any more.
        }
    }
}
