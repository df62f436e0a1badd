package dev.pier.erlang.handshake;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Packets over blocking streams. It reads no byte beyond a packet, so that the stream after the handshake is
/// intact.
///
/// Threads: a virtual thread closes the connection at a deadline ([CloseAtDeadline]).
public final class StreamTransport implements HandshakeTransport {
    private static final int TCP_LENGTH_BYTES = 2;
    private static final int TLS_LENGTH_BYTES = 4;

    /// How records of TLS begin that a peer without TLS may receive: an alert and a handshake message of any
    /// version.
    private static final int TLS_ALERT = 0x1503;

    private static final int TLS_HANDSHAKE = 0x1603;

    private final InputStream in;
    private final OutputStream out;
    private final SocketChannel channel;
    private final int lengthBytes;

    private StreamTransport(InputStream in, OutputStream out, SocketChannel channel, int lengthBytes) {
        this.in = in;
        this.out = out;
        this.channel = channel;
        this.lengthBytes = lengthBytes;
    }

    /// @param channel in blocking mode
    public static StreamTransport tcp(SocketChannel channel) {
        return new StreamTransport(
                Channels.newInputStream(channel), Channels.newOutputStream(channel), channel, TCP_LENGTH_BYTES);
    }

    /// OTP: inet_tls_dist.erl opens its sockets with `{packet, 4}`, so lengths have four bytes in the handshake
    /// too.
    ///
    /// @param in what the peer sent within TLS
    /// @param out what the peer is to receive within TLS
    /// @param channel carries the records
    public static StreamTransport tls(InputStream in, OutputStream out, SocketChannel channel) {
        return new StreamTransport(in, out, channel, TLS_LENGTH_BYTES);
    }

    @Override
    public Route route() throws IOException {
        return new Route(channel.getLocalAddress(), channel.getRemoteAddress());
    }

    @Override
    public byte[] receive(Duration within) throws IOException {
        CloseAtDeadline deadline = new CloseAtDeadline(channel, within);
        try {
            long length = unsigned(exactly(lengthBytes));
            if (length > MAX_PACKET) {
                throw tooLong(length);
            }
            return exactly((int) length);
        } catch (IOException e) {
            throw deadline.explain(e);
        } finally {
            deadline.disarm();
        }
    }

    private HandshakeException tooLong(long length) {
        if (lengthBytes == TCP_LENGTH_BYTES && length == TLS_ALERT) {
            return new HandshakeException(
                    HandshakeException.Failure.TLS_REFUSED,
                    "requires TLS, and this node connects to it without (setting tls of the peer)");
        }
        if (lengthBytes == TCP_LENGTH_BYTES && length == TLS_HANDSHAKE) {
            return new HandshakeException(
                    HandshakeException.Failure.TLS_REFUSED,
                    "speaks TLS, and this node listens without (setting erlang.listen.tls)");
        }
        return new HandshakeException(
                HandshakeException.Failure.VIOLATION,
                "sent a handshake packet of " + length + " bytes (limit " + MAX_PACKET + ")");
    }

    @Override
    public void send(byte[] packet, Duration within) throws IOException {
        byte[] withLength = new byte[lengthBytes + packet.length];
        for (int i = 0; i < lengthBytes; i++) {
            withLength[i] = (byte) (packet.length >>> (Byte.SIZE * (lengthBytes - 1 - i)));
        }
        System.arraycopy(packet, 0, withLength, lengthBytes, packet.length);
        CloseAtDeadline deadline = new CloseAtDeadline(channel, within);
        try {
            out.write(withLength);
            out.flush();
        } catch (IOException e) {
            throw deadline.explain(e);
        } finally {
            deadline.disarm();
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
}
