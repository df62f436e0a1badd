package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.handshake.Packets.Complement;
import dev.pier.erlang.handshake.Packets.Hello;
import dev.pier.erlang.handshake.Packets.Reply;
import java.time.Duration;
import java.util.Optional;

/// The side that is connected to, "B" in `erl_dist_protocol`, Distribution Handshake. The steps stand in [#accept]
/// in the order of that document.
///
/// Immutable; each handshake runs on the thread that calls, and blocks it: never the thread that accepts
/// connections.
public final class Acceptor {
    private final Identity self;
    private final Cookie cookie;
    private final Duration step;

    /// @param self a node with a name
    /// @param cookie the one that the peers have
    /// @param step how long each step may take
    public Acceptor(Identity self, Cookie cookie, Duration step) {
        if (self.wantsName()) {
            throw new IllegalArgumentException("a node without a name cannot be connected to");
        }
        this.self = self;
        this.cookie = cookie;
        this.step = step;
    }

    /// Shakes hands over a connection that somebody has opened. The caller closes it if that fails.
    ///
    /// @param policy one for this connection, so that what it keeps for the peer can be undone if the handshake
    ///     fails
    public HandshakeResult accept(HandshakeTransport transport, AcceptPolicy policy) throws HandshakeException {
        HandshakeExchange talk = new HandshakeExchange(transport, step, "a node that has not said its name");
        Hello first = talk.receive("the name", Packets::readHello);
        PeerHello hello = hello(first, talk);
        talk.peerIs(hello.toString());
        refuseUnfit(hello, talk);

        AcceptDecision admission = policy.admit(hello);
        PeerId peer = answer(admission, hello, talk);

        int ours = Challenges.fresh();
        talk.send(Packets.challenge(selfFor(hello), ours));
        if (first.old()) {
            Complement complement = talk.receive("the complement", Packets::readComplement);
            peer = new PeerId(peer.name(), complement.creation(), hello.flags() | complement.flagsHigh());
        }

        Reply reply = talk.receive("the proof that it knows the cookie", Packets::readReply);
        if (!cookie.proves(reply.digest(), ours)) {
            throw talk.failure(Failure.COOKIE_REJECTED, "does not know our cookie");
        }
        talk.send(Packets.ack(cookie.digest(reply.challenge())));

        Capabilities common = Capabilities.negotiate(self.flags(), peer.flags());
        NodeName ourName = NodeName.parse(self.name());
        return new HandshakeResult(ourName, self.creation(), peer.name(), peer.creation(), peer.flags(), common);
    }

    private record PeerId(NodeName name, int creation, long flags) {}

    private static PeerHello hello(Hello first, HandshakeExchange talk) throws HandshakeException {
        if ((first.flags() & DistFlags.NAME_ME) == 0) {
            NodeName name = talk.nodeName(first.name());
            return new PeerHello(Optional.of(name), name.host(), first.flags(), first.creation());
        }
        // A node that wants a name sends its host alone; any name before it shows whether that is one.
        String host = talk.nodeName("name@" + first.name()).host();
        return new PeerHello(Optional.empty(), host, first.flags(), first.creation());
    }

    private void refuseUnfit(PeerHello hello, HandshakeExchange talk) throws HandshakeException {
        try {
            talk.requireFlags(hello.flags());
        } catch (HandshakeException missing) {
            talk.send(Packets.status("not_allowed"));
            throw missing;
        }
        if (hello.node().map(NodeName::toString).filter(self.name()::equals).isPresent()) {
            talk.send(Packets.status("not_allowed"));
            throw talk.failure(Failure.REFUSED, "has our own name");
        }
    }

    private static PeerId answer(AcceptDecision admission, PeerHello hello, HandshakeExchange talk)
            throws HandshakeException {
        switch (admission) {
            case AcceptDecision.Named named -> {
                return giveName(named, hello, talk);
            }
            case AcceptDecision.Ok _ -> talk.send(Packets.status("ok"));
            case AcceptDecision.OkSimultaneous _ -> talk.send(Packets.status("ok_simultaneous"));
            case AcceptDecision.Alive _ -> askWhetherOldIsDead(talk);
            case AcceptDecision.Nok _ -> {
                talk.send(Packets.status("nok"));
                throw talk.failure(
                        Failure.REFUSED, "connects to us while we connect to it, and ours is the one to use");
            }
            case AcceptDecision.NotAllowed _ -> {
                talk.send(Packets.status("not_allowed"));
                throw talk.failure(Failure.REFUSED, "is not allowed to connect to us");
            }
        }
        NodeName name = hello.node()
                .orElseThrow(() -> new IllegalStateException("admitted without the name it asks for: " + hello));
        return new PeerId(name, hello.creation(), hello.flags());
    }

    private static PeerId giveName(AcceptDecision.Named named, PeerHello hello, HandshakeExchange talk)
            throws HandshakeException {
        if (!hello.wantsName() || !named.name().host().equals(hello.host())) {
            throw new IllegalStateException("the name " + named.name() + " is not for " + hello);
        }
        talk.send(Packets.status(named.name(), named.creation()));
        return new PeerId(named.name(), named.creation(), hello.flags());
    }

    private static void askWhetherOldIsDead(HandshakeExchange talk) throws HandshakeException {
        talk.send(Packets.status("alive"));
        String answer = talk.receive("whether its old connection is dead", Packets::readStatus)
                .text();
        switch (answer) {
            case "true" -> {}
            case "false" -> throw talk.failure(Failure.ALREADY_CONNECTED, "is connected with us already, and knows it");
            default ->
                throw talk.failure(Failure.VIOLATION, "answered neither true nor false to its being connected already");
        }
    }

    // SPEC: a node that gives names says so by the same flag; without it Erlang's side of the handshake crashes.
    private Identity selfFor(PeerHello hello) {
        return hello.wantsName() ? new Identity(self.name(), self.creation(), self.flags() | DistFlags.NAME_ME) : self;
    }
}
