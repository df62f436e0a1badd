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

/// The side of a handshake that is connected to, "B" in the protocol document. [#accept] has the steps in the order
/// of that document.
///
/// Threads: immutable; a handshake blocks the thread that calls, so it must not run on the thread that accepts
/// connections.
///
/// SPEC: erl_dist_protocol Distribution Handshake
public final class Acceptor {
    private final Identity self;
    private final Cookies cookies;
    private final Duration stepTimeout;

    /// @param self a node with a name
    /// @param cookie the cookie that the peers have too
    /// @param stepTimeout how long each step may take
    public Acceptor(Identity self, Cookie cookie, Duration stepTimeout) {
        this(self, new Cookies(cookie), stepTimeout);
    }

    /// The same with cookies by the name that a peer claims.
    public Acceptor(Identity self, Cookies cookies, Duration stepTimeout) {
        if (self.wantsName()) {
            throw new IllegalArgumentException("a node without a name cannot accept connections");
        }
        this.self = self;
        this.cookies = cookies;
        this.stepTimeout = stepTimeout;
    }

    /// Shakes hands over a connection that a peer has opened. If that fails, the caller closes the connection.
    public HandshakeResult accept(HandshakeTransport transport, AcceptPolicy policy) throws HandshakeException {
        try (HandshakeExchange exchange = new HandshakeExchange(transport, stepTimeout, "an unidentified peer")) {
            return accept(exchange, policy);
        }
    }

    private HandshakeResult accept(HandshakeExchange exchange, AcceptPolicy policy) throws HandshakeException {
        Hello first = exchange.receive("its name", Packets::readHello);
        PeerHello hello = hello(first, exchange);
        exchange.peerIs(hello.toString());
        refuseUnfit(hello, exchange);

        AcceptDecision decision = policy.admit(hello);
        PeerId peer = answer(decision, hello, exchange);

        int ours = exchange.issueChallenge();
        exchange.send(Packets.challenge(selfFor(hello), ours));
        if (first.old()) {
            Complement complement = exchange.receive("its complement", Packets::readComplement);
            peer = new PeerId(peer.name(), complement.creation(), hello.flags() | complement.flagsHigh());
        }

        Reply reply = exchange.receive("its cookie proof", Packets::readReply);
        Cookie cookie = cookies.of(peer.name());
        if (!cookie.proves(reply.digest(), ours)) {
            throw exchange.failure(Failure.PEER_COOKIE_WRONG, "has a different cookie");
        }
        exchange.refuseReflected(reply.challenge());
        exchange.send(Packets.ack(cookie.digest(reply.challenge())));

        Capabilities common = Capabilities.negotiate(self.flags(), peer.flags());
        NodeName ourName = NodeName.parse(self.name());
        return new HandshakeResult(ourName, self.creation(), peer.name(), peer.creation(), peer.flags(), common);
    }

    private record PeerId(NodeName name, int creation, long flags) {}

    private static PeerHello hello(Hello first, HandshakeExchange exchange) throws HandshakeException {
        if ((first.flags() & DistFlags.NAME_ME) == 0) {
            NodeName name = exchange.nodeName(first.name());
            return new PeerHello(Optional.of(name), name.host(), first.flags(), first.creation());
        }
        // A node that asks for a name sends only its host. With a name before it, the parser checks the host.
        String host = exchange.nodeName("name@" + first.name()).host();
        return new PeerHello(Optional.empty(), host, first.flags(), first.creation());
    }

    private void refuseUnfit(PeerHello hello, HandshakeExchange exchange) throws HandshakeException {
        try {
            exchange.requireFlags(hello.flags());
        } catch (HandshakeException missing) {
            exchange.send(Packets.status("not_allowed"));
            throw missing;
        }
        if (hello.node().map(NodeName::toString).filter(self.name()::equals).isPresent()) {
            exchange.send(Packets.status("not_allowed"));
            throw exchange.failure(Failure.REJECTED_BY_US, "has this node's own name");
        }
    }

    private static PeerId answer(AcceptDecision decision, PeerHello hello, HandshakeExchange exchange)
            throws HandshakeException {
        switch (decision) {
            case AcceptDecision.Named named -> {
                return giveName(named, hello, exchange);
            }
            case AcceptDecision.Ok _ -> exchange.send(Packets.status("ok"));
            case AcceptDecision.OkSimultaneous _ -> exchange.send(Packets.status("ok_simultaneous"));
            case AcceptDecision.Alive _ -> requireOldIsDead(exchange);
            case AcceptDecision.Nok _ -> {
                exchange.send(Packets.status("nok"));
                throw exchange.failure(
                        Failure.REJECTED_BY_US,
                        "connected while this node was connecting to it, and this node's connection is used");
            }
            case AcceptDecision.NotAllowed _ -> {
                exchange.send(Packets.status("not_allowed"));
                throw exchange.failure(Failure.REJECTED_BY_US, "is not allowed to connect to this node");
            }
        }
        NodeName name = hello.node()
                .orElseThrow(
                        () -> new IllegalStateException("no name was given to a peer that asks for one: " + hello));
        return new PeerId(name, hello.creation(), hello.flags());
    }

    private static PeerId giveName(AcceptDecision.Named named, PeerHello hello, HandshakeExchange exchange)
            throws HandshakeException {
        if (!hello.wantsName() || !named.name().host().equals(hello.host())) {
            throw new IllegalStateException("the name " + named.name() + " does not fit " + hello);
        }
        exchange.send(Packets.status(named.name(), named.creation()));
        return new PeerId(named.name(), named.creation(), hello.flags());
    }

    private static void requireOldIsDead(HandshakeExchange exchange) throws HandshakeException {
        exchange.send(Packets.status("alive"));
        String answer = exchange.receive("whether its old connection is dead", Packets::readStatus)
                .text();
        switch (answer) {
            case "true" -> {}
            case "false" ->
                throw exchange.failure(
                        Failure.ALREADY_CONNECTED, "is connected to this node already, and confirmed it");
            default -> throw exchange.failure(Failure.VIOLATION, "answered neither true nor false to the status alive");
        }
    }

    /// SEEN: OTP 25: without the flag in the challenge, the peer that asked for a name crashes in its handshake.
    private Identity selfFor(PeerHello hello) {
        return hello.wantsName() ? new Identity(self.name(), self.creation(), self.flags() | DistFlags.NAME_ME) : self;
    }
}
