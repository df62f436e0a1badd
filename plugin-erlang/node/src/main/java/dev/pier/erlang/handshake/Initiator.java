package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.handshake.Packets.Challenge;
import dev.pier.erlang.handshake.Packets.Status;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// The side that connects, "A" in `erl_dist_protocol`, Distribution Handshake. The steps stand in [#connect] in
/// the order of that document.
///
/// Immutable; each handshake runs on the thread that calls, and blocks it.
public final class Initiator {
    /// How long Erlang waits in each step (`net_setuptime`).
    public static final Duration STEP_TIMEOUT = Duration.ofSeconds(7);

    private final Identity self;
    private final Cookie cookie;
    private final Duration step;

    /// @param cookie the one that the peer has
    /// @param step how long each step may take
    public Initiator(Identity self, Cookie cookie, Duration step) {
        this.self = self;
        this.cookie = cookie;
        this.step = step;
    }

    /// Shakes hands over a fresh connection. The caller closes it if that fails.
    ///
    /// @param peer the node that must be at the other end
    /// @param replaceOld asked if the peer holds us for connected already: whether this connection takes the place
    ///     of the one it has, which it should unless we have one that works
    public HandshakeResult connect(HandshakeTransport transport, NodeName peer, BooleanSupplier replaceOld)
            throws HandshakeException {
        HandshakeExchange talk = new HandshakeExchange(transport, step, peer.toString());
        talk.send(Packets.hello(self));

        Status status = talk.receive("the status", Packets::readStatus);
        obey(status, replaceOld, talk);
        NodeName ourName = talk.nodeName(self.wantsName() ? status.name() : self.name());
        int ourCreation = self.wantsName() ? status.creation() : self.creation();

        Challenge theirs = talk.receive("the challenge", Packets::readChallenge);
        requirePeer(peer, theirs.name(), talk);
        talk.requireFlags(theirs.flags());

        int ours = Challenges.fresh();
        talk.send(Packets.reply(ours, cookie.digest(theirs.challenge())));

        if (!cookie.proves(receiveProof(theirs.flags(), talk), ours)) {
            throw talk.failure(Failure.COOKIE_REJECTED, "does not know our cookie, though it took our proof of it");
        }
        Capabilities common = Capabilities.negotiate(self.flags(), theirs.flags());
        return new HandshakeResult(ourName, ourCreation, peer, theirs.creation(), theirs.flags(), common);
    }

    private void obey(Status status, BooleanSupplier replaceOld, HandshakeExchange talk) throws HandshakeException {
        boolean fits = switch (status.text()) {
            case "ok", "ok_simultaneous" -> !self.wantsName();
            case Packets.NAMED -> self.wantsName();
            case "alive" -> {
                answerAlive(replaceOld.getAsBoolean(), talk);
                yield !self.wantsName();
            }
            case "nok" ->
                throw talk.failure(Failure.PEER_CONNECTS, "connects to us itself; that connection is the one to use");
            case "not_allowed" -> throw talk.failure(Failure.NOT_ALLOWED, "does not let us in: " + whyNot());
            default -> false;
        };
        if (!fits) {
            throw talk.failure(
                    Failure.VIOLATION,
                    "answered our name '" + self.name() + "' with a status that has no place here ("
                            + status.text().length() + " characters)");
        }
    }

    private static void answerAlive(boolean replace, HandshakeExchange talk) throws HandshakeException {
        talk.send(Packets.status(Boolean.toString(replace)));
        if (!replace) {
            throw talk.failure(Failure.ALREADY_CONNECTED, "is connected with us already, and that connection works");
        }
    }

    private String whyNot() {
        String missing = DistFlags.describeMissing(self.flags());
        String flags = "our flags " + DistFlags.hex(self.flags());
        return missing.isEmpty()
                ? flags + " are complete, so it may allow only certain nodes (net_kernel:allow)"
                : flags + " lack " + missing;
    }

    private static void requirePeer(NodeName wanted, String name, HandshakeExchange talk) throws HandshakeException {
        NodeName found = talk.nodeName(name);
        if (!found.equals(wanted)) {
            throw talk.failure(Failure.VIOLATION, "is not there; the node that answers is called " + found);
        }
    }

    // SPEC: an acceptor that finds our proof wrong says nothing and closes the connection.
    private static byte[] receiveProof(long peerFlags, HandshakeExchange talk) throws HandshakeException {
        try {
            return talk.receive("the proof that it knows the cookie", Packets::readAck);
        } catch (HandshakeException e) {
            if (e.failure() != Failure.CLOSED) {
                throw e;
            }
            throw new HandshakeException(
                    Failure.COOKIE_REFUSED,
                    talk.peer() + " (flags " + DistFlags.hex(peerFlags)
                            + ") closed the connection when it saw our proof of the cookie:"
                            + " most likely its cookie is not ours",
                    e);
        }
    }
}
