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

/// One connection to an EPMD: one request, one reply, which may come in pieces. For one thread.
///
/// The hazard: replies have no length, so that only their content, the end of the stream or the deadline ends them.
/// The deadline is one for the whole reply; a byte now and then does not move it.
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

    // SPEC: erl_dist_protocol, EPMD Protocol: each request is preceded by a two-byte length, no reply is.
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

    /// Hands the connection over, as a registration lives as long as its connection.
    Socket keep() throws IOException {
        socket.setSoTimeout(0);
        return socket;
    }

    @Override
    public void close() {
        closeQuietly(socket);
    }

    /// The sentence for an I/O error in the middle of a reply.
    EpmdException failure(IOException cause) {
        String where = text((InetSocketAddress) socket.getRemoteSocketAddress());
        String what = switch (cause) {
            case SocketTimeoutException _ -> "does not answer in time";
            case EOFException _ -> "closed the connection before its reply was whole";
            default -> "broke the connection: " + cause.getMessage();
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
            // Nothing is lost: whatever mattered on this connection has been read.
        }
    }

    /// A socket's input of which every read ends at the same moment.
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
