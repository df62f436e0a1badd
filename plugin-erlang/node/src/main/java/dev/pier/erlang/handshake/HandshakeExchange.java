package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Function;

/// One handshake under way: sends and receives packets, each within its deadline, and turns what goes wrong into
/// sentences that name the peer.
final class HandshakeExchange {
    private final HandshakeTransport transport;
    private final Duration step;
    private String peer;

    HandshakeExchange(HandshakeTransport transport, Duration step, String peer) {
        this.transport = transport;
        this.step = step;
        this.peer = peer;
    }

    /// From now on the errors call the peer so.
    void peerIs(String known) {
        peer = known;
    }

    String peer() {
        return peer;
    }

    void send(byte[] packet) throws HandshakeException {
        try {
            transport.send(packet, step);
        } catch (IOException e) {
            throw broken("while it was written to", e);
        }
    }

    <T> T receive(String awaited, Function<ByteBuffer, T> reader) throws HandshakeException {
        byte[] packet;
        try {
            packet = transport.receive(step);
        } catch (IOException e) {
            throw broken("where " + awaited + " was awaited", e);
        }
        try {
            return reader.apply(ByteBuffer.wrap(packet));
        } catch (BufferUnderflowException e) {
            throw failure(
                    Failure.VIOLATION,
                    "sent a packet of " + packet.length + " bytes, cut short, where " + awaited + " was awaited",
                    e);
        } catch (IllegalArgumentException e) {
            throw failure(Failure.VIOLATION, "sent " + e.getMessage() + ", where " + awaited + " was awaited", e);
        }
    }

    /// A name that the peer gave for itself or for us.
    NodeName nodeName(String text) throws HandshakeException {
        try {
            return NodeName.parse(text);
        } catch (IllegalArgumentException e) {
            throw failure(Failure.VIOLATION, "sent a bad name: " + e.getMessage(), e);
        }
    }

    void requireFlags(long flags) throws HandshakeException {
        long missing = DistFlags.missing(flags, DistFlags.MANDATORY_25);
        if (missing != 0) {
            throw failure(
                    Failure.FLAGS_MISSING,
                    "lacks flags that OTP 25 and later want of every peer, as we do: it has " + DistFlags.hex(flags)
                            + ", " + DistFlags.describe(missing) + " missing");
        }
    }

    HandshakeException failure(Failure failure, String whatThePeerDid) {
        return new HandshakeException(failure, peer + " " + whatThePeerDid);
    }

    private HandshakeException failure(Failure failure, String whatThePeerDid, Throwable cause) {
        return new HandshakeException(failure, peer + " " + whatThePeerDid, cause);
    }

    private HandshakeException broken(String when, IOException cause) {
        return switch (cause) {
            case HandshakeException refused ->
                failure(refused.failure(), "sent " + refused.getMessage() + ", " + when, refused);
            case SocketTimeoutException _ ->
                failure(Failure.DEADLINE, "was silent for " + step.toMillis() + " ms, " + when, cause);
            case EOFException _ -> failure(Failure.CLOSED, "closed the connection, " + when, cause);
            default -> failure(Failure.CLOSED, "was lost, " + when + ": " + cause.getMessage(), cause);
        };
    }
}
