package dev.pier.fuzz.targets;

import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.AcceptDecision;
import dev.pier.erlang.handshake.Acceptor;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeTransport;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.Initiator;
import dev.pier.erlang.handshake.PeerHello;
import dev.pier.erlang.testing.Bytes;
import dev.pier.fuzz.Target;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/// The packets that a peer without the cookie sends during a handshake, to the acceptor and to the initiator. No
/// handshake succeeds.
final class HandshakeTarget implements Target {
    static final String NAME = "handshakes";

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final NodeName PEER = NodeName.parse("peer@localhost");
    private static final Identity SELF = Identity.of(NodeName.parse("pier@localhost"), 4, DistFlags.OURS);
    private static final Cookie COOKIE = Cookie.of("fuzz");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int shortRun() {
        return 20_000;
    }

    @Override
    public long maxAllocation(int inputLength) {
        return 4L << 20;
    }

    @Override
    public List<byte[]> seeds() {
        byte[] name = utf8(PEER.toString());
        byte[] digest = new byte[16];
        byte[] hello = Bytes.bytes()
                .u8('N')
                .u64(DistFlags.OURS)
                .u32(3)
                .u16(name.length)
                .raw(name)
                .array();
        byte[] challenge = Bytes.bytes()
                .u8('N')
                .u64(DistFlags.OURS)
                .u32(77)
                .u32(3)
                .u16(name.length)
                .raw(name)
                .array();
        byte[] host = utf8("localhost");
        byte[] nameless = Bytes.bytes()
                .u8('N')
                .u64(DistFlags.OURS | DistFlags.NAME_ME)
                .u32(0)
                .u16(host.length)
                .raw(host)
                .array();
        byte[] old = Bytes.bytes()
                .u8('n')
                .u16(5)
                .u32(DistFlags.OURS & 0xffffffffL)
                .raw(name)
                .array();
        byte[] reply = Bytes.bytes().u8('r').u32(1).raw(digest).array();
        byte[] ack = Bytes.bytes().u8('a').raw(digest).array();
        byte[] complement = Bytes.bytes().u8('c').u32(0).u32(3).array();
        return List.of(
                Pieces.join(hello, reply),
                Pieces.join(nameless, reply),
                Pieces.join(old, complement, reply),
                Pieces.join(utf8("sok"), challenge, ack),
                Pieces.join(utf8("salive"), challenge, ack),
                Pieces.join(utf8("sok_simultaneous"), challenge, ack),
                Pieces.join(utf8("snok")));
    }

    @Override
    public List<byte[]> dictionary() {
        return List.of(
                utf8("sok"), utf8("snot_allowed"), utf8("snamed:"), utf8("true"), utf8("@"), utf8("\n"), new byte[] {
                    0, 0
                });
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static AcceptDecision admit(PeerHello hello) {
        return hello.wantsName()
                ? new AcceptDecision.Named(NodeName.parse("given@" + hello.host()), 3)
                : new AcceptDecision.Ok();
    }

    @Override
    public boolean accepts(byte[] input) {
        List<byte[]> packets = Pieces.split(input);
        try {
            new Acceptor(SELF, COOKIE, TIMEOUT).accept(new Replayed(packets), HandshakeTarget::admit);
            throw new AssertionError("a peer without the cookie connected");
        } catch (HandshakeException refused) {
            // The rule.
        }
        try {
            new Initiator(SELF, COOKIE, TIMEOUT).connect(new Replayed(packets), PEER, () -> true);
            throw new AssertionError("this node connected to a peer without the cookie");
        } catch (HandshakeException refused) {
            return false;
        }
    }

    /// Receives the given packets, and then the end of the connection.
    private static final class Replayed implements HandshakeTransport {
        private final Queue<byte[]> packets;

        Replayed(List<byte[]> packets) {
            this.packets = new ArrayDeque<>(packets);
        }

        @Override
        public Route route() {
            return new Route(null, null);
        }

        @Override
        public byte[] receive(Duration within) throws EOFException {
            byte[] next = packets.poll();
            if (next == null) {
                throw new EOFException();
            }
            return next;
        }

        @Override
        public void send(byte[] packet, Duration within) {}
    }
}
