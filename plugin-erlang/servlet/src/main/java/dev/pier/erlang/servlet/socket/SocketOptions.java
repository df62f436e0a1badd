package dev.pier.erlang.servlet.socket;

import org.jspecify.annotations.Nullable;

/// The options of an [ErlangSocket]. Immutable.
///
/// @param queue how many bytes of frames may wait for a browser that reads slowly
/// @param credit how many frames of the browser may wait at the Erlang server
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
    /// A queue of 1 MiB, a credit of 32 frames that returns by itself, JSON only, linked, without a name.
    public static final SocketOptions DEFAULT = new SocketOptions(1 << 20, 32, false, false, true, null);

    /// @throws IllegalArgumentException if `queue` or `credit` is not positive
    public SocketOptions {
        requirePositive("queue", queue);
        requirePositive("credit", credit);
    }

    private static void requirePositive(String what, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("the " + what + " of a socket must be above zero, not " + value);
        }
    }

    /// @param bytes how many bytes of frames may wait for the browser
    public SocketOptions withQueue(int bytes) {
        return new SocketOptions(bytes, credit, acknowledged, binary, linked, name);
    }

    /// Credit that returns by itself: the socket stops reading after so many frames, until the server has fewer
    /// messages waiting.
    ///
    /// @param frames how many frames may wait at the server
    public SocketOptions withCredit(int frames) {
        return new SocketOptions(queue, frames, false, binary, linked, name);
    }

    /// Credit that the server returns, with `pier_socket:ack/1,2`. The socket stops reading after so many frames
    /// without an acknowledgement; a server that never acknowledges gets no more than that.
    ///
    /// @param frames how many frames may be unacknowledged
    public SocketOptions withAcknowledgedCredit(int frames) {
        return new SocketOptions(queue, frames, true, binary, linked, name);
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
