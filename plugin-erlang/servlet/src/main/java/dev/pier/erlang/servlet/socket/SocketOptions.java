package dev.pier.erlang.servlet.socket;

import jakarta.websocket.Session;
import org.jspecify.annotations.Nullable;

/// The options of an [ErlangSocket]. Immutable.
///
/// @param queue how many bytes of frames may wait for a browser that reads slowly; 0 for the server's setting
/// @param credit how many frames of the browser may wait at the Erlang server; 0 for the server's setting
/// @param acknowledged whether only `pier_socket:ack/1,2` returns credit; otherwise it returns by itself while the
///     server keeps up
/// @param binary whether binaries travel as binary frames, in both directions
/// @param linked whether the process is linked with the server; otherwise it monitors the server
/// @param name the name under which the process is registered at its node; `null` for none
public record SocketOptions(
        int queue,
        int credit,
        boolean acknowledged,
        boolean binary,
        boolean linked,
        @Nullable String name) {
    /// Queue and credit of the settings `websocket.queue` (1 MiB) and `websocket.credit` (32 frames), credit that
    /// returns by itself, JSON only, linked, without a name. In other containers, queue and credit are the
    /// defaults of the settings.
    public static final SocketOptions DEFAULT = new SocketOptions(0, 0, false, false, true, null);

    private static final int DEFAULT_QUEUE = 1 << 20;
    private static final int DEFAULT_CREDIT = 32;

    /// @throws IllegalArgumentException if `queue` or `credit` is negative
    public SocketOptions {
        if (queue < 0 || credit < 0) {
            throw new IllegalArgumentException(
                    "queue and credit of a socket must not be negative: " + queue + ", " + credit);
        }
    }

    private static int requirePositive(String what, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("the " + what + " of a socket must be above zero, not " + value);
        }
        return value;
    }

    /// These options for a session: queue and credit are those of its server where the application has set none.
    SocketOptions in(Session session) {
        return new SocketOptions(
                queue > 0 ? queue : setting(session, SocketProperties.QUEUE, DEFAULT_QUEUE),
                credit > 0 ? credit : setting(session, SocketProperties.CREDIT, DEFAULT_CREDIT),
                acknowledged,
                binary,
                linked,
                name);
    }

    private static int setting(Session session, String property, int otherwise) {
        return session.getUserProperties().get(property) instanceof Integer set ? set : otherwise;
    }

    /// @param bytes how many bytes of frames may wait for the browser
    public SocketOptions withQueue(int bytes) {
        return new SocketOptions(requirePositive("queue", bytes), credit, acknowledged, binary, linked, name);
    }

    /// Credit that returns by itself: the socket stops reading after so many frames, until the server has fewer
    /// messages waiting.
    ///
    /// @param frames how many frames may wait at the server
    public SocketOptions withCredit(int frames) {
        return new SocketOptions(queue, requirePositive("credit", frames), false, binary, linked, name);
    }

    /// Credit that the server returns, with `pier_socket:ack/1,2`. The socket stops reading after so many frames
    /// without an acknowledgement; a server that never acknowledges gets no more than that.
    ///
    /// @param frames how many frames may be unacknowledged
    public SocketOptions withAcknowledgedCredit(int frames) {
        return new SocketOptions(queue, requirePositive("credit", frames), true, binary, linked, name);
    }

    /// Binary frames: a message from Erlang that is a binary becomes a binary frame with its bytes, and a binary
    /// frame from the browser becomes a binary. Other messages and text frames are JSON as before.
    public SocketOptions withBinaryFrames() {
        return new SocketOptions(queue, credit, acknowledged, true, linked, name);
    }

    /// A monitor instead of the link: the server sees the browser's leaving only if it links with or monitors the
    /// process itself. For a server of many sockets that does not trap exits, which the end of a linked process
    /// would end.
    public SocketOptions withoutLink() {
        return new SocketOptions(queue, credit, acknowledged, binary, false, name);
    }

    /// A process that is registered under a name at its node.
    public SocketOptions withName(String registered) {
        return new SocketOptions(queue, credit, acknowledged, binary, linked, registered);
    }
}
