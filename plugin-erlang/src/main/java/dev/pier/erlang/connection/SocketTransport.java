package dev.pier.erlang.connection;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// A TCP connection in blocking mode.
public final class SocketTransport implements Transport {
    private final SocketChannel channel;

    /// @param channel connected and in blocking mode; it belongs to this object from now on
    public SocketTransport(SocketChannel channel) throws IOException {
        this.channel = channel;
        // The writer gathers what is queued itself; waiting for more in the kernel would only delay answers.
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // Closing is all that was wanted, and nobody is left to tell.
        }
    }
}
