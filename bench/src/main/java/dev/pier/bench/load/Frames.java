package dev.pier.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/// A WebSocket that receives text frames. For one thread; any may close it.
public final class Frames implements AutoCloseable {
    private static final int TEXT = 0x81;
    private static final int LENGTH = 0x7f;
    private static final int LENGTH_16 = 126;

    private final Socket socket = new Socket();
    private final DataInputStream in;

    /// @param receiveBuffer bytes that the kernel keeps for the client; 0 for its own choice
    public Frames(URI endpoint, int receiveBuffer) throws IOException {
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()));
            socket.getOutputStream().write(Idle.handshake(endpoint).getBytes(US_ASCII));
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 8 << 10));
            String status = line();
            if (!status.startsWith("HTTP/1.1 101 ")) {
                throw new IOException("no WebSocket at " + endpoint + ": " + status);
            }
            while (!line().isEmpty()) {
                // Headers.
            }
        } catch (Throwable t) {
            socket.close();
            throw t;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /// Waits for the next text.
    ///
    /// @throws IOException if the server sends anything else, for example a close frame
    public String next() throws IOException {
        int type = in.readUnsignedByte();
        int length = in.readUnsignedByte() & LENGTH;
        if (type != TEXT || length > LENGTH_16) {
            throw new IOException("not a short text frame: " + type);
        }
        byte[] text = new byte[length == LENGTH_16 ? in.readUnsignedShort() : length];
        in.readFully(text);
        return new String(text, UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
