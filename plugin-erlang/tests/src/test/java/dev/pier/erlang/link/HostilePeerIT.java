package dev.pier.erlang.link;

import static dev.pier.erlang.link.HostileScene.linkTo;
import static dev.pier.erlang.link.HostileScene.monitorOf;
import static dev.pier.erlang.link.HostileScene.toName;
import static dev.pier.erlang.testing.Bytes.bytes;
import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.link.HostileScene.Way;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
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

/// Peers that violate the protocol on an open connection lose that connection, with one warning that names them.
/// Other peers are not affected.
class HostilePeerIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static HostileScene scene;

    private ScriptedPeer hostile;
    private LogCapture log;

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
                                (_, c) ->
                                        c.sendFrame(FrameBytes.normal(tuple(integer(1), atom("x"), scene.missing())))),
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
        scene = new HostileScene(erlang);
    }

    @AfterAll
    static void stop() {
        scene.close();
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
        try (ScriptedConnection connection = scene.open(way, hostile)) {
            abuse.action().accept(hostile, connection);
            connection.expectClosed();
        }
        scene.awaitEnd(hostile);

        assertThat(theWarning())
                .contains(hostile.nodeName())
                .contains("flags 0x" + Long.toHexString(ScriptedPeer.MODERN_FLAGS));
        scene.othersWork();
        try (ScriptedConnection again = scene.open(way, hostile)) {
            scene.answers(hostile, again);
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
        try (HostileScene bounded = new HostileScene(erlang, TestNode.start(erlang.cookie(), small, 100))) {
            try (ScriptedConnection connection = bounded.open(way, hostile)) {
                floods(bounded, connection);
            }
            bounded.awaitEnd(hostile);
            assertThat(theWarning())
                    .contains(hostile.nodeName())
                    .contains("does not read")
                    .contains("erlang.limits.queue");
            try (ScriptedConnection again = bounded.open(way, hostile)) {
                bounded.answers(hostile, again);
            }
            bounded.othersWork();
        }
    }

    /// Alternating links and monitors, each of which the protocol requires this node to answer.
    private void floods(HostileScene bounded, ScriptedConnection connection) {
        Bytes batch = bytes();
        for (int i = 0; i < 500; i++) {
            for (byte[] control : List.of(linkTo(hostile, bounded.missing()), monitorOf(hostile))) {
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
        long eachClaims = ConnectionSettings.DEFAULT.maxFrame();
        long connections = Math.ceilDiv(3 * Runtime.getRuntime().maxMemory(), eachClaims);
        List<ScriptedPeer> peers = new ArrayList<>();
        List<ScriptedConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                ScriptedPeer peer = ScriptedPeer.named("claims").cookie(erlang.cookie());
                peers.add(peer);
                ScriptedConnection connection = scene.open(Way.PEER_CONNECTS, peer);
                open.add(connection);
                connection.sendLengthOnly(eachClaims);
                connection.sendRaw(new byte[100_000]);
                Await.until(
                        "the bytes to be read",
                        () -> scene.link(peer)
                                        .current()
                                        .orElseThrow()
                                        .connection()
                                        .stats()
                                        .bytesIn()
                                >= 100_000);
            }
            scene.othersWork();
            assertThat(peers)
                    .allSatisfy(peer -> assertThat(scene.link(peer).current()).isPresent());
        } finally {
            open.forEach(ScriptedConnection::close);
            peers.forEach(ScriptedPeer::close);
        }
    }

    @Test
    void payloadsWithoutReceiverAreNeitherDecodedNorKept() {
        try (ScriptedConnection connection = scene.open(Way.PEER_CONNECTS, hostile)) {
            for (byte[] payload : badPayloads()) {
                connection.sendFrame(FrameBytes.normal(toName(hostile, "nobody"), payload));
                connection.sendFrame(FrameBytes.normal(toName(hostile, "net_kernel"), payload));
            }
            scene.answers(hostile, connection);
        }
        assertThat(log.warnings("")).hasSizeLessThanOrEqualTo(1);
        scene.othersWork();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anAnswerThatIsNotATermFailsOnlyItsOwnCall(Way way) throws Exception {
        try (ScriptedConnection connection = scene.open(way, hostile)) {
            Peer bad = scene.node().peer(scene.link(hostile));
            for (byte[] payload : badPayloads()) {
                CompletableFuture<Reply> call = bad.callAsync("m", "f");
                answerSpawn(connection, payload);
                assertThatThrownBy(call::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(MalformedTerm.class);
            }
            scene.answers(hostile, connection);
        }
        assertThat(log.warnings("")).isEmpty();
        scene.othersWork();
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
