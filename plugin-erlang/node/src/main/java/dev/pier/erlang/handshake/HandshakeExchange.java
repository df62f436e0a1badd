package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.handshake.HandshakeTransport.Route;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The packets of one running handshake: sends and receives them, each within its deadline, and turns failures
/// into sentences that name the peer.
///
/// Lifecycle: to be closed when the handshake has ended, which withdraws this node's challenge.
final class HandshakeExchange implements AutoCloseable {
    private final HandshakeTransport transport;
    private final Duration stepTimeout;
    private String peer;
    private Challenges.@Nullable Issued issued;

    /// @param peer the subject of the errors until [#peerIs]
    HandshakeExchange(HandshakeTransport transport, Duration stepTimeout, String peer) {
        this.transport = transport;
        this.stepTimeout = stepTimeout;
        this.peer = peer;
    }

    /// Sets the subject of further errors.
    void peerIs(String known) {
        peer = known;
    }

    void send(byte[] packet) throws HandshakeException {
        try {
            transport.send(packet, stepTimeout);
        } catch (IOException e) {
            throw broken("receive a handshake packet", e);
        }
    }

    /// @param expected the packet, as a noun phrase
    <T> T receive(String expected, Function<ByteBuffer, T> reader) throws HandshakeException {
        byte[] packet;
        try {
            packet = transport.receive(stepTimeout);
        } catch (IOException e) {
            throw broken("send " + expected, e);
        }
        try {
            return reader.apply(ByteBuffer.wrap(packet));
        } catch (BufferUnderflowException e) {
            throw failure(
                    Failure.VIOLATION,
                    "sent a truncated packet of " + packet.length + " bytes instead of " + expected,
                    e);
        } catch (IllegalArgumentException e) {
            throw failure(Failure.VIOLATION, "sent " + e.getMessage() + " instead of " + expected, e);
        }
    }

    /// Reads a name that the peer sent, its own or this node's.
    NodeName nodeName(String text) throws HandshakeException {
        try {
            return NodeName.parse(text);
        } catch (IllegalArgumentException e) {
            throw failure(Failure.VIOLATION, "sent an invalid node name: " + e.getMessage(), e);
        }
    }

    /// This node's challenge, to be called once.
    int issueChallenge() throws HandshakeException {
        Challenges.Issued fresh = Challenges.issue(route());
        issued = fresh;
        return fresh.number();
    }

    /// Refuses a challenge that this JVM has issued on another connection: to answer it would give a stranger
    /// the proof that it lacks.
    void refuseReflected(int challenge) throws HandshakeException {
        if (Challenges.isReflected(challenge, route())) {
            throw failure(
                    Failure.REFLECTED,
                    "sent a challenge that this node itself has issued on another connection: it relays handshakes,"
                            + " and probably does not know the cookie");
        }
    }

    private Route route() throws HandshakeException {
        try {
            return transport.route();
        } catch (IOException e) {
            throw broken("keep the connection open", e);
        }
    }

    @Override
    public void close() {
        if (issued != null) {
            issued.close();
        }
    }

    void requireFlags(long flags) throws HandshakeException {
        long missing = DistFlags.missing(flags, DistFlags.MANDATORY_25);
        if (missing != 0) {
            throw failure(
                    Failure.FLAGS_MISSING,
                    "lacks flags that are mandatory since OTP 25: " + DistFlags.describe(missing) + " (its flags are "
                            + DistFlags.hex(flags) + ")");
        }
    }

    /// @param predicate what the peer did
    HandshakeException failure(Failure failure, String predicate) {
        return new HandshakeException(failure, peer + " " + predicate);
    }

    HandshakeException failure(Failure failure, String predicate, Throwable cause) {
        return new HandshakeException(failure, peer + " " + predicate, cause);
    }

    /// @param omitted what the peer did not do, as an infinitive
    private HandshakeException broken(String omitted, IOException cause) {
        return switch (cause) {
            case HandshakeException e -> failure(e.failure(), String.valueOf(e.getMessage()), e);
            case SocketTimeoutException _ ->
                failure(Failure.DEADLINE, "did not " + omitted + " within " + stepTimeout.toMillis() + " ms", cause);
            case EOFException _ -> failure(Failure.CLOSED, "closed the connection and did not " + omitted, cause);
            default ->
                failure(Failure.CLOSED, "did not " + omitted + ": connection lost: " + cause.getMessage(), cause);
        };
    }
}
