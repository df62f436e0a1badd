package dev.pier.erlang.handshake;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Packets over blocking streams. It reads no byte beyond a packet, so that the stream after the handshake is
/// intact.
///
/// Threads: a virtual thread closes the connection at a deadline, which ends a blocked read or write. (Sockets
/// have timeouts for reads only.)
public final class StreamTransport implements HandshakeTransport {
    private static final int TCP_LENGTH_BYTES = 2;
    private static final int TLS_LENGTH_BYTES = 4;

    private final InputStream in;
    private final OutputStream out;
    private final Closeable connection;
    private final Ends ends;
    private final int lengthBytes;

    private StreamTransport(InputStream in, OutputStream out, Closeable connection, Ends ends, int lengthBytes) {
        this.in = in;
        this.out = out;
        this.connection = connection;
        this.ends = ends;
        this.lengthBytes = lengthBytes;
    }

    /// @param channel in blocking mode
    public static StreamTransport tcp(SocketChannel channel) {
        return new StreamTransport(
                Channels.newInputStream(channel),
                Channels.newOutputStream(channel),
                channel,
                () -> new Route(channel.getLocalAddress(), channel.getRemoteAddress()),
                TCP_LENGTH_BYTES);
    }

    /// OTP: inet_tls_dist.erl opens its sockets with `{packet, 4}`, so lengths have four bytes in the handshake
    /// too.
    public static StreamTransport tls(Socket socket) throws IOException {
        return new StreamTransport(
                socket.getInputStream(),
                socket.getOutputStream(),
                socket,
                () -> new Route(socket.getLocalSocketAddress(), socket.getRemoteSocketAddress()),
                TLS_LENGTH_BYTES);
    }

    @FunctionalInterface
    private interface Ends {
        Route route() throws IOException;
    }

    @Override
    public Route route() throws IOException {
        return ends.route();
    }

    @Override
    public byte[] receive(Duration within) throws IOException {
        Alarm alarm = new Alarm(within);
        try {
            long length = unsigned(exactly(lengthBytes));
            if (length > MAX_PACKET) {
                throw new HandshakeException(
                        HandshakeException.Failure.VIOLATION,
                        "a handshake packet of " + length + " bytes (limit " + MAX_PACKET + ")");
            }
            return exactly((int) length);
        } catch (IOException e) {
            throw alarm.explain(e);
        } finally {
            alarm.disarm();
        }
    }

    @Override
    public void send(byte[] packet, Duration within) throws IOException {
        byte[] withLength = new byte[lengthBytes + packet.length];
        for (int i = 0; i < lengthBytes; i++) {
            withLength[i] = (byte) (packet.length >>> (Byte.SIZE * (lengthBytes - 1 - i)));
        }
        System.arraycopy(packet, 0, withLength, lengthBytes, packet.length);
        Alarm alarm = new Alarm(within);
        try {
            out.write(withLength);
            out.flush();
        } catch (IOException e) {
            throw alarm.explain(e);
        } finally {
            alarm.disarm();
        }
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection was closed");
        }
        return bytes;
    }

    private static long unsigned(byte[] bigEndian) {
        long value = 0;
        for (byte b : bigEndian) {
            value = (value << Byte.SIZE) | (b & 0xff);
        }
        return value;
    }

    /// Closes the connection at the deadline unless it is disarmed before.
    private final class Alarm {
        private final Duration within;
        private final AtomicBoolean decided = new AtomicBoolean();
        private final Thread thread;
        private volatile boolean rang;

        Alarm(Duration within) {
            this.within = within;
            thread = Thread.ofVirtual().name("handshake-deadline").start(this::ringLater);
        }

        private void ringLater() {
            try {
                Thread.sleep(within);
            } catch (InterruptedException _) {
                return;
            }
            if (decided.compareAndSet(false, true)) {
                rang = true;
                try {
                    connection.close();
                } catch (IOException _) {
                    // The blocked read or write ends all the same.
                }
            }
        }

        void disarm() {
            decided.set(true);
            thread.interrupt();
        }

        /// `rang` is set before the connection is closed, so a caller that sees the end of the stream sees
        /// `rang` too.
        IOException explain(IOException seen) {
            if (!rang) {
                return seen;
            }
            SocketTimeoutException timeout = new SocketTimeoutException("deadline of " + within.toMillis() + " ms");
            timeout.initCause(seen);
            return timeout;
        }
    }
}
