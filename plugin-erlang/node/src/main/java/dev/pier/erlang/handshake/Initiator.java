package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.handshake.Packets.Challenge;
import dev.pier.erlang.handshake.Packets.Status;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// The side of a handshake that connects, "A" in the protocol document. [#connect] has the steps in the order of
/// that document.
///
/// Threads: immutable; a handshake blocks the thread that calls.
///
/// SPEC: erl_dist_protocol Distribution Handshake
public final class Initiator {
    /// Why a peer rejects a node whose flags are complete: settings of Erlang and of Pier.
    private static final String OTHER_REASONS = """
            only certain nodes (net_kernel:allow, erlang.listen.allow), \
            or no more of them (erlang.limits.connected-nodes)""";

    private final Identity self;
    private final Cookie cookie;
    private final Duration stepTimeout;

    /// @param cookie the cookie that the peer has too
    /// @param stepTimeout how long each step may take
    public Initiator(Identity self, Cookie cookie, Duration stepTimeout) {
        this.self = self;
        this.cookie = cookie;
        this.stepTimeout = stepTimeout;
    }

    /// Shakes hands over a new connection. If that fails, the caller closes the connection.
    ///
    /// @param peer the node that must be at the other end
    /// @param replaceOld asked if the peer has a connection to this node already: whether the new one
    ///     replaces it, which it should unless this node knows that the old one works
    public HandshakeResult connect(HandshakeTransport transport, NodeName peer, BooleanSupplier replaceOld)
            throws HandshakeException {
        try (HandshakeExchange exchange = new HandshakeExchange(transport, stepTimeout, peer.toString())) {
            return connect(exchange, peer, replaceOld);
        }
    }

    private HandshakeResult connect(HandshakeExchange exchange, NodeName peer, BooleanSupplier replaceOld)
            throws HandshakeException {
        exchange.send(Packets.hello(self));

        Status status = exchange.receive("its status", Packets::readStatus);
        obey(status, replaceOld, exchange);
        NodeName ourName = exchange.nodeName(self.wantsName() ? status.name() : self.name());
        int ourCreation = self.wantsName() ? status.creation() : self.creation();

        Challenge theirs = exchange.receive("its challenge", Packets::readChallenge);
        requirePeer(peer, theirs.name(), exchange);
        exchange.requireFlags(theirs.flags());

        exchange.refuseReflected(theirs.challenge());
        int ours = exchange.issueChallenge();
        exchange.send(Packets.reply(ours, cookie.digest(theirs.challenge())));

        if (!cookie.proves(receiveProof(theirs.flags(), exchange), ours)) {
            throw exchange.failure(
                    Failure.PEER_COOKIE_WRONG, "has a different cookie, although it accepted this node's cookie proof");
        }
        Capabilities common = Capabilities.negotiate(self.flags(), theirs.flags());
        return new HandshakeResult(ourName, ourCreation, peer, theirs.creation(), theirs.flags(), common);
    }

    private void obey(Status status, BooleanSupplier replaceOld, HandshakeExchange exchange) throws HandshakeException {
        boolean fits = switch (status.text()) {
            case "ok", "ok_simultaneous" -> !self.wantsName();
            case Packets.NAMED -> self.wantsName();
            case "alive" -> {
                answerAlive(replaceOld.getAsBoolean(), exchange);
                yield !self.wantsName();
            }
            case "nok" ->
                throw exchange.failure(
                        Failure.PEER_CONNECTS, "is connecting to this node itself, and that connection is used");
            case "not_allowed" ->
                throw exchange.failure(Failure.REJECTED_BY_PEER, "rejected this node: " + explainRejection());
            default -> false;
        };
        if (!fits) {
            throw exchange.failure(
                    Failure.VIOLATION,
                    "answered the name '" + self.name() + "' with an unexpected status of "
                            + status.text().length() + " characters");
        }
    }

    private static void answerAlive(boolean replace, HandshakeExchange exchange) throws HandshakeException {
        exchange.send(Packets.status(Boolean.toString(replace)));
        if (!replace) {
            throw exchange.failure(
                    Failure.ALREADY_CONNECTED, "has a connection to this node already, and that connection works");
        }
    }

    private String explainRejection() {
        String missing = DistFlags.describeMissing(self.flags());
        String flags = "the flags of this node, " + DistFlags.hex(self.flags()) + ",";
        return missing.isEmpty()
                ? flags + " are complete, so the peer may accept " + OTHER_REASONS
                : flags + " lack " + missing;
    }

    private static void requirePeer(NodeName wanted, String name, HandshakeExchange exchange)
            throws HandshakeException {
        NodeName found = exchange.nodeName(name);
        if (!found.equals(wanted)) {
            throw exchange.failure(Failure.VIOLATION, "was not reached: the node at its address is called " + found);
        }
    }

    /// An acceptor that finds the proof wrong closes the connection without a message. OTP:
    /// dist_util.erl:recv_challenge_reply.
    private static byte[] receiveProof(long peerFlags, HandshakeExchange exchange) throws HandshakeException {
        try {
            return exchange.receive("its cookie proof", Packets::readAck);
        } catch (HandshakeException e) {
            if (e.failure() != Failure.CLOSED) {
                throw e;
            }
            throw exchange.failure(
                    Failure.OUR_COOKIE_NOT_ACCEPTED,
                    "closed the connection after this node's cookie proof: its cookie is probably different (its flags"
                            + " are " + DistFlags.hex(peerFlags) + ")",
                    e);
        }
    }
}
