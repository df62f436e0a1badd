package dev.pier.erlang.epmd;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/// One connection to an EPMD, for one request and one reply. The reply may arrive in pieces.
///
/// Threads: one thread uses it.
///
/// Hazard: replies have no length. Their content, the end of the stream or the deadline ends them. The deadline
/// is for the whole reply; single bytes do not extend it.
final class EpmdExchange implements Closeable {
    private final Socket socket;
    private final DataInputStream in;

    private EpmdExchange(Socket socket, DataInputStream in) {
        this.socket = socket;
        this.in = in;
    }

    static EpmdExchange open(InetSocketAddress epmd, Duration connectTimeout, Duration readTimeout)
            throws EpmdException {
        Socket socket = new Socket();
        try {
            socket.connect(epmd, Math.toIntExact(connectTimeout.toMillis()));
            socket.setTcpNoDelay(true);
            long deadline = System.nanoTime() + readTimeout.toNanos();
            return new EpmdExchange(socket, new DataInputStream(new DeadlineInput(socket, deadline)));
        } catch (IOException e) {
            closeQuietly(socket);
            throw new EpmdException(
                    EpmdException.Reason.UNREACHABLE, "no EPMD answers at " + text(epmd) + ": " + e.getMessage(), e);
        }
    }

    /// A request is preceded by a length of two bytes; a reply has no length. SPEC: erl_dist_protocol EPMD
    /// Protocol.
    void request(ByteArrayOutputStream body) throws IOException {
        byte[] packet = new byte[2 + body.size()];
        packet[0] = (byte) (body.size() >>> 8);
        packet[1] = (byte) body.size();
        System.arraycopy(body.toByteArray(), 0, packet, 2, body.size());
        socket.getOutputStream().write(packet);
    }

    DataInputStream reply() {
        return in;
    }

    /// Hands the connection over to a registration, which lasts as long as the connection.
    Socket keep() throws IOException {
        socket.setSoTimeout(0);
        return socket;
    }

    @Override
    public void close() {
        closeQuietly(socket);
    }

    /// Describes an I/O error during the exchange.
    EpmdException failure(IOException cause) {
        String where = text((InetSocketAddress) socket.getRemoteSocketAddress());
        String what = switch (cause) {
            case SocketTimeoutException _ -> "did not answer in time";
            case EOFException _ -> "closed the connection before its reply was complete";
            default -> "lost the connection: " + cause.getMessage();
        };
        return new EpmdException(EpmdException.Reason.UNREACHABLE, "the EPMD at " + where + " " + what, cause);
    }

    static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // The socket is not used any more.
        }
    }

    /// The input of a socket with one deadline for all reads.
    private static final class DeadlineInput extends InputStream {
        private final Socket socket;
        private final InputStream in;
        private final long deadline;

        DeadlineInput(Socket socket, long deadline) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.deadline = deadline;
        }

        @Override
        public int read() throws IOException {
            arm();
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            arm();
            return in.read(target, offset, length);
        }

        private void arm() throws IOException {
            long millis = Math.ceilDiv(deadline - System.nanoTime(), 1_000_000L);
            if (millis <= 0) {
                throw new SocketTimeoutException("deadline");
            }
            socket.setSoTimeout(Math.toIntExact(Math.min(millis, Integer.MAX_VALUE)));
        }
    }
}
