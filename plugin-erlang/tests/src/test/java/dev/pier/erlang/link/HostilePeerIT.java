package dev.pier.erlang.link;

import static dev.pier.erlang.testing.Bytes.bytes;
import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedConnection.Step;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Peers that violate the protocol lose their own connection, with one warning that names them. Other peers are not
/// affected.
class HostilePeerIT {
    private static final byte[] NO_COOKIE = atom("");
    private static final int HANDSHAKES = 16;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;
    private static Peer good;

    private ScriptedPeer hostile;
    private LogCapture log;

    /// Which side opens the connection.
    enum Way {
        PEER_CONNECTS {
            @Override
            ScriptedConnection open(ScriptedPeer peer) {
                ScriptedConnection connection = peer.connectAndShakeHands(node.name());
                Await.until("the connection", () -> link(peer).current().isPresent());
                return connection;
            }
        },
        NODE_CONNECTS {
            @Override
            ScriptedConnection open(ScriptedPeer peer) {
                link(peer).connect();
                ScriptedConnection connection = peer.acceptAndShakeHands();
                Await.until("the connection", () -> link(peer).current().isPresent());
                return connection;
            }
        };

        abstract ScriptedConnection open(ScriptedPeer peer);
    }

    /// What a peer does with its connection.
    record Abuse(String name, BiConsumer<ScriptedPeer, ScriptedConnection> action) {
        static Abuse frame(String name, byte[] frame) {
            return new Abuse(name, (_, connection) -> connection.sendFrame(frame));
        }

        /// An exit signal whose reason is not a valid term.
        static Abuse reason(String name, byte[] term) {
            return new Abuse(
                    name,
                    (peer, connection) -> connection.sendFrame(FrameBytes.normal(bytes().u8(104)
                            .u8(4)
                            .raw(integer(3), peer.pid(1), peer.pid(2), term)
                            .array())));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Arguments> abuses() {
        return Stream.of(
                        new Abuse("length 0xffffffff", (_, c) -> c.sendLengthOnly(0xffffffffL)),
                        new Abuse("length 0x7fffffff", (_, c) -> c.sendLengthOnly(0x7fffffffL)),
                        Abuse.frame("a byte that cannot begin a frame", new byte[] {1}),
                        Abuse.frame("an unknown kind of frame", new byte[] {(byte) 131, 99}),
                        Abuse.frame("a frame without header", FrameBytes.passThrough(tuple(integer(1)))),
                        Abuse.frame("a control message that is not a tuple", FrameBytes.normal(atom("x"))),
                        Abuse.frame("an unknown control message", FrameBytes.normal(tuple(integer(99)))),
                        Abuse.frame("a control message of the wrong arity", FrameBytes.normal(tuple(integer(1)))),
                        new Abuse(
                                "a link of an atom",
                                (_, c) -> c.sendFrame(FrameBytes.normal(tuple(integer(1), atom("x"), ours())))),
                        Abuse.frame(
                                "a control message of 2^32-1 elements",
                                FrameBytes.normal(bytes().u8(105)
                                        .u32(0xffffffffL)
                                        .raw(integer(1))
                                        .array())),
                        Abuse.frame(
                                "a truncated control message",
                                FrameBytes.normal(Arrays.copyOf(tuple(integer(3), integer(1), integer(1)), 4))),
                        Abuse.frame("a frame that ends in its header", new byte[] {(byte) 131, 68, 5}),
                        Abuse.frame(
                                "an atom from an empty slot of the cache",
                                FrameBytes.normal(new AtomRefs().use(77), tuple(TermBytes.atomOfHeader(0)))),
                        new Abuse(
                                "a message that is missing",
                                (peer, c) -> c.sendFrame(FrameBytes.normal(toName(peer, "user")))),
                        Abuse.reason(
                                "a list of 2^32-1 elements",
                                bytes().u8(108).u32(0xffffffffL).array()),
                        Abuse.reason(
                                "a map of 2^32-1 pairs",
                                bytes().u8(116).u32(0xffffffffL).array()),
                        Abuse.reason(
                                "a binary of 2^32-1 bytes",
                                bytes().u8(109).u32(0xffffffffL).array()),
                        Abuse.reason(
                                "an integer of 2^32-1 bytes",
                                bytes().u8(111).u32(0xffffffffL).u8(0).array()),
                        Abuse.reason("an unknown tag", bytes().u8(1).array()),
                        Abuse.reason("100 000 lists in each other", nested(100_000)),
                        new Abuse(
                                "a later fragment without a first",
                                (_, c) -> c.sendFrame(FrameBytes.nextFragment(3, 1, new byte[9]))),
                        fragments("a fragment out of order", (first, c) -> {
                            c.sendFrame(first);
                            c.sendFrame(FrameBytes.nextFragment(7, 1, new byte[9]));
                        }),
                        fragments("a sequence that is begun twice", (first, c) -> {
                            c.sendFrame(first);
                            c.sendFrame(first);
                        }),
                        fragments("a fragment with the id 0", (first, c) -> {
                            c.sendFrame(first);
                            c.sendFrame(FrameBytes.nextFragment(7, 0, new byte[9]));
                        }),
                        new Abuse(
                                "fragments of a signal without payload",
                                (peer, c) -> c.sendFrame(FrameBytes.firstFragment(
                                        7, 3, new AtomRefs(), linkTo(peer, peer.pid(2)), new byte[9]))),
                        new Abuse("more unfinished messages than the limit", (peer, c) -> {
                            for (int i = 1; i <= FragmentLimits.DEFAULT.sequences() + 1; i++) {
                                c.sendFrame(FrameBytes.firstFragment(
                                        i, 2, new AtomRefs(), toName(peer, "user"), new byte[1]));
                            }
                        }))
                .flatMap(abuse -> Stream.of(Way.values()).map(way -> Arguments.of(abuse, way)));
    }

    private static Abuse fragments(String name, BiConsumer<byte[], ScriptedConnection> action) {
        return new Abuse(
                name,
                (peer, connection) -> action.accept(
                        FrameBytes.firstFragment(7, 3, new AtomRefs(), toName(peer, "user"), new byte[9]), connection));
    }

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        good = node.peer(erlang);
        assertThat(good.ping()).isTrue();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void listen() {
        hostile = ScriptedPeer.named("hostile").cookie(erlang.cookie());
        log = LogCapture.begin();
    }

    @AfterEach
    void hangUp() {
        log.close();
        hostile.close();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("abuses")
    @Says(in = Section.SILENT, value = "A violation of the protocol ends the connection.")
    void losesOnlyItsOwnConnection(Abuse abuse, Way way) {
        try (ScriptedConnection connection = way.open(hostile)) {
            abuse.action().accept(hostile, connection);
            connection.expectClosed();
        }
        Await.until("the end of the connection", () -> link(hostile).current().isEmpty());

        assertThat(theWarning())
                .contains(hostile.nodeName())
                .contains("flags 0x" + Long.toHexString(ScriptedPeer.MODERN_FLAGS));
        otherPeersWork();
        try (ScriptedConnection again = way.open(hostile)) {
            answers(again);
        }
        theWarning();
    }

    /// The only warning. It may come shortly after the end of the connection.
    private String theWarning() {
        Await.until("the warning", () -> !log.warnings("").isEmpty());
        assertThat(log.warnings("")).hasSize(1);
        return log.warnings("").getFirst();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aPeerThatRequestsAnswersAndDoesNotReadLosesItsConnection(Way way) throws IOException {
        ConnectionSettings fallback = ConnectionSettings.DEFAULT;
        ConnectionSettings small = new ConnectionSettings(
                fallback.netTickTime(), fallback.maxFrame(), fallback.fragments(), 64 << 10, fallback.decode());
        TestNode before = node;
        try (TestNode bounded = TestNode.start(erlang.cookie(), small, 100)) {
            node = bounded;
            try (ScriptedConnection connection = way.open(hostile)) {
                floods(connection);
            }
            Await.until(
                    "the end of the connection", () -> link(hostile).current().isEmpty());
            assertThat(theWarning())
                    .contains(hostile.nodeName())
                    .contains("does not read")
                    .contains("erlang.limits.queue");
            try (ScriptedConnection again = way.open(hostile)) {
                answers(again);
            }
        } finally {
            node = before;
        }
        otherPeersWork();
    }

    /// Alternating links and monitors, each of which the protocol requires this node to answer.
    private void floods(ScriptedConnection connection) {
        Bytes batch = bytes();
        for (int i = 0; i < 500; i++) {
            for (byte[] control : List.of(linkTo(hostile, ours()), monitorOf(hostile))) {
                byte[] frame = FrameBytes.normal(control);
                batch.u32(frame.length).raw(frame);
            }
        }
        byte[] thousandSignals = batch.array();
        assertThatThrownBy(() -> {
                    // Far more than all buffers in between can hold.
                    for (int i = 0; i < 2_000; i++) {
                        connection.sendRaw(thousandSignals);
                    }
                })
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void lengthsThatAreOnlyClaimedCostNoMemory() {
        long eachClaims = 250L << 20;
        long connections = Math.ceilDiv(3 * Runtime.getRuntime().maxMemory(), eachClaims);
        List<ScriptedPeer> peers = new ArrayList<>();
        List<ScriptedConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                ScriptedPeer peer = ScriptedPeer.named("claims").cookie(erlang.cookie());
                peers.add(peer);
                ScriptedConnection connection = Way.PEER_CONNECTS.open(peer);
                open.add(connection);
                connection.sendLengthOnly(eachClaims);
                connection.sendRaw(new byte[100_000]);
                Await.until(
                        "the bytes to be read",
                        () -> link(peer)
                                        .current()
                                        .orElseThrow()
                                        .connection()
                                        .stats()
                                        .bytesIn()
                                >= 100_000);
            }
            otherPeersWork();
            assertThat(peers)
                    .allSatisfy(peer -> assertThat(link(peer).current()).isPresent());
        } finally {
            open.forEach(ScriptedConnection::close);
            peers.forEach(ScriptedPeer::close);
        }
    }

    @Test
    void payloadsWithoutReceiverAreNeitherDecodedNorKept() {
        try (ScriptedConnection connection = Way.PEER_CONNECTS.open(hostile)) {
            for (byte[] payload : badPayloads()) {
                connection.sendFrame(FrameBytes.normal(toName(hostile, "nobody"), payload));
                connection.sendFrame(FrameBytes.normal(toName(hostile, "net_kernel"), payload));
            }
            answers(connection);
        }
        assertThat(log.warnings("")).hasSizeLessThanOrEqualTo(1);
        otherPeersWork();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anAnswerThatIsNotATermFailsOnlyItsOwnCall(Way way) throws Exception {
        try (ScriptedConnection connection = way.open(hostile)) {
            Peer bad = node.peer(link(hostile));
            for (byte[] payload : badPayloads()) {
                CompletableFuture<Reply> call = bad.callAsync("m", "f");
                answerSpawn(connection, payload);
                assertThatThrownBy(call::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(MalformedTerm.class);
            }
            answers(connection);
        }
        assertThat(log.warnings("")).isEmpty();
        otherPeersWork();
    }

    @Test
    void aSilentSocketIsClosedAndDelaysNoPeer() throws Exception {
        // A node of its own: a node logs each distinct warning once a minute.
        try (TestNode fresh = TestNode.start(erlang.cookie())) {
            try (ScriptedConnection silent = hostile.connect(fresh.name())) {
                assertThat(erlang.eval("net_adm:ping('" + fresh.name() + "')")).isEqualTo("pong");
                otherPeersWork();
                silent.expectClosed();
            }
            Await.asserted(
                    "the warning",
                    () -> assertThat(log.warnings("an unidentified peer did not send its name"))
                            .hasSize(1));
        }
    }

    @Test
    void manySilentSocketsAreRefusedWithOneWarning() {
        List<ScriptedConnection> silent = new ArrayList<>();
        for (int i = 0; i < 3 * HANDSHAKES; i++) {
            silent.add(hostile.connect(node.name()));
        }
        otherPeersWork();
        silent.forEach(ScriptedConnection::expectClosed);
        silent.forEach(ScriptedConnection::close);
        try (ScriptedConnection connection = Way.PEER_CONNECTS.open(hostile)) {
            answers(connection);
        }
        assertThat(log.warnings("max-handshakes")).hasSize(1);
        assertThat(log.warnings("")).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void aPeerThatAcceptsAndSendsNothingDelaysNoCall() {
        CompletableFuture<Reply> call = node.peer(link(hostile)).callAsync("m", "f");
        try (ScriptedConnection mute = hostile.accept()) {
            mute.expectName();
            otherPeersWork();
            assertThat(call).as("it still waits").isNotDone();
        }
        assertThat(Await.value("its end", call::isCompletedExceptionally, ended -> ended))
                .isTrue();
    }

    @Test
    void aNameWithoutHostIsRefused() {
        try (ScriptedConnection connection = hostile.connect(node.name())) {
            connection.sendName("nohost", ScriptedPeer.MODERN_FLAGS);
            connection.expectClosed();
        }
        Await.asserted("the warning", () -> assertThat(log.warnings("nohost")).hasSize(1));
        otherPeersWork();
        try (ScriptedConnection next = Way.PEER_CONNECTS.open(hostile)) {
            answers(next);
        }
    }

    @Test
    void missingFlagsAreRefusedAndNamed() {
        try (ScriptedConnection connection = hostile.connect(node.name())) {
            connection.sendName(hostile.nodeName(), 0x1000000);
            connection.expectStatus("not_allowed");
            connection.expectClosed();
        }
        Await.asserted(
                "the warning",
                () -> assertThat(log.warnings(hostile.nodeName()))
                        .singleElement()
                        .asString()
                        .contains("0x1000000")
                        .contains("mandatory since OTP 25"));
    }

    @Test
    void anOversizedHandshakePacketIsRefused() {
        for (int claimed : List.of(0xffff, 0x4000)) {
            try (ScriptedConnection connection = hostile.connect(node.name())) {
                connection.sendRaw(bytes().u16(claimed).u8('N').array());
                connection.expectClosed();
            }
        }
        Await.asserted(
                "the warnings",
                () -> assertThat(log.warnings("a handshake packet of")).hasSize(2));
        otherPeersWork();
    }

    @Test
    void aRepeatedlyWrongCookieIsRefusedWithOneWarning() {
        for (int i = 0; i < 5; i++) {
            try (ScriptedConnection connection = hostile.connect(node.name())) {
                connection.initiateHandshake(Step.CHALLENGE);
                connection.sendReply(ScriptedConnection.wrongDigest());
                connection.expectClosed();
            }
        }
        Await.asserted(
                "all five refusals",
                () -> assertThat(log.lines(Level.DEBUG, "has a different cookie"))
                        .hasSize(5));
        assertThat(log.warnings(""))
                .singleElement()
                .asString()
                .contains(hostile.nodeName())
                .contains("has a different cookie");
        assertThat(log.text()).doesNotContain(erlang.cookie());
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void closingDuringTheHandshakeCausesNoWarning(Step last) {
        try (ScriptedConnection connection = hostile.connect(node.name())) {
            connection.initiateHandshake(last);
        }
        otherPeersWork();
        Await.until("the end", () -> link(hostile).current().isEmpty());
        assertThat(log.warnings("")).isEmpty();
    }

    /// Payloads that are not terms or exceed a limit.
    private static List<byte[]> badPayloads() {
        return List.of(
                nested(100_000),
                bytes().u8(109).u32(1000).u8(1).array(),
                bytes().u8(108).u32(0xffffffffL).array(),
                bytes().u8(105).u32(0xffffffffL).array(),
                bytes().u8(1).array());
    }

    /// Answers spawn requests up to and including that of the call; earlier ones look up the group leader.
    private void answerSpawn(ScriptedConnection connection, byte[] exitReason) throws ProtocolViolation {
        FrameDecoder decoder =
                new FrameDecoder(new Capabilities(hostile.flags()), DecodeLimits.DEFAULT, FragmentLimits.DEFAULT);
        while (true) {
            byte[] frame = connection.expectFrame();
            if (!(decoder.decode(frame, 0, frame.length) instanceof Frame.Message(var control, var payload))
                    || !(control instanceof ControlMessage.SpawnRequest request)) {
                continue;
            }
            byte[] id = TermBytes.reference(request.requestId());
            byte[] caller = TermBytes.pid(request.from());
            byte[] process = hostile.pid(9);
            connection.sendFrame(FrameBytes.normal(tuple(integer(31), id, caller, integer(2), process)));
            boolean theCall = payload.decode(DecodeLimits.DEFAULT).toString().contains("m,f");
            byte[] reason = theCall ? exitReason : atom("gone");
            connection.sendFrame(FrameBytes.normal(tuple(integer(28), process, caller, id), reason));
            if (theCall) {
                return;
            }
        }
    }

    /// A link to a process that does not exist on this node is answered with an exit signal.
    private void answers(ScriptedConnection connection) {
        connection.sendFrame(FrameBytes.normal(linkTo(hostile, ours())));
        assertThat(connection.expectFrame()).endsWith(atom("noproc"));
    }

    private void otherPeersWork() {
        assertThat(good.call("lists", "sum", List.of(1, 2, 3)).as(long.class)).isEqualTo(6L);
        assertThat(node.link(erlang).reconnects()).isZero();
        assertThat(TestEpmd.names())
                .contains(node.name().substring(0, node.name().indexOf('@')));
    }

    private static PeerLink link(ScriptedPeer peer) {
        return node.node().link(NodeName.parse(peer.nodeName()));
    }

    private static byte[] ours() {
        return TermBytes.pid(node.name(), 1_000_000, 0, node.node().creation());
    }

    private static byte[] linkTo(ScriptedPeer peer, byte[] to) {
        return tuple(integer(1), peer.pid(1), to);
    }

    private static byte[] monitorOf(ScriptedPeer peer) {
        return tuple(integer(19), peer.pid(1), atom("nobody"), peer.reference(1));
    }

    private static byte[] toName(ScriptedPeer peer, String name) {
        return tuple(integer(6), peer.pid(1), NO_COOKIE, atom(name));
    }

    private static byte[] nested(int depth) {
        Bytes term = bytes();
        for (int i = 0; i < depth; i++) {
            term.u8(108).u32(1);
        }
        term.raw(binary("x"));
        for (int i = 0; i < depth; i++) {
            term.raw(TermBytes.nil());
        }
        return term.array();
    }
}
