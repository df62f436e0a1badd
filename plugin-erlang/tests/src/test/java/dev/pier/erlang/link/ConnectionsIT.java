package dev.pier.erlang.link;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerStatus.State;
import dev.pier.erlang.Reply;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedConnection.Step;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How connections begin, are replaced and end: with scripted peers, with real nodes and between two nodes of Pier.
class ConnectionsIT {
    private static final String COOKIE = "connections";

    private TestNode node;
    private LogCapture log;

    @BeforeEach
    void start() throws IOException {
        node = TestNode.start(COOKIE);
        log = LogCapture.begin();
    }

    @AfterEach
    void stop() {
        node.close();
        log.close();
    }

    /// This node's name, `pier_…`, is between the two.
    @ParameterizedTest
    @Says(in = Section.HANDSHAKE, value = "nok: the acceptor's own attempt continues.")
    @ValueSource(strings = {"aaa", "zzz"})
    void aPeerThatAnswersNokAndConnectsItselfIsConnected(String prefix) {
        try (ScriptedPeer peer = peer(prefix)) {
            link(peer).connect();
            try (ScriptedConnection ours = peer.accept()) {
                ours.expectName();
                ours.sendStatus("nok");
                ours.expectClosed();
            }
            try (ScriptedConnection its = peer.connect(node.name())) {
                its.initiateHandshake(Step.ACK);
                answers(peer, its);
            }
        }
    }

    @Test
    @Says(
            in = Section.HANDSHAKE,
            value = "ok_simultaneous: the handshake continues, and the acceptor drops its own attempt.")
    void okSimultaneousContinues() {
        try (ScriptedPeer peer = peer("peer")) {
            link(peer).connect();
            try (ScriptedConnection connection = peer.accept()) {
                connection.expectName();
                connection.sendStatus("ok_simultaneous");
                finish(connection);
                answers(peer, connection);
            }
        }
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "alive: an initiator without a working connection answers true.")
    void aPeerThatAnswersAliveIsToldThatTheOldConnectionIsDead() {
        try (ScriptedPeer peer = peer("peer")) {
            link(peer).connect();
            try (ScriptedConnection connection = peer.accept()) {
                connection.expectName();
                connection.sendStatus("alive");
                connection.expectStatus("true");
                finish(connection);
                answers(peer, connection);
            }
        }
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "An acceptor with an attempt of its own and the greater name answers nok.")
    void theAttemptOfThisNodeContinuesAgainstASmallerName() {
        try (ScriptedPeer peer = peer("aaa")) {
            link(peer).connect();
            try (ScriptedConnection ours = peer.accept();
                    ScriptedConnection its = peer.connect(node.name())) {
                ours.expectName();
                its.sendName();
                its.expectStatus("nok");
                its.expectClosed();
                ours.sendStatus("ok");
                finish(ours);
                answers(peer, ours);
            }
        }
    }

    @Test
    @Says(
            in = Section.HANDSHAKE,
            value = "An acceptor with an attempt of its own and the smaller name answers ok_simultaneous.")
    void theAttemptOfThisNodeIsCancelledForAGreaterName() {
        try (ScriptedPeer peer = peer("zzz")) {
            link(peer).connect();
            try (ScriptedConnection ours = peer.accept();
                    ScriptedConnection its = peer.connect(node.name())) {
                ours.expectName();
                its.sendName();
                its.expectStatus("ok_simultaneous");
                its.expectChallenge();
                its.sendReply();
                its.expectAck();
                ours.expectClosed();
                answers(peer, its);
            }
            assertThat(log.warnings("")).isEmpty();
        }
    }

    @Test
    void aSecondConnectionOfThePeerReplacesTheFirst() {
        try (ScriptedPeer peer = peer("peer");
                ScriptedConnection first = peer.connectAndShakeHands(node.name())) {
            answers(peer, first);
            Session replaced =
                    Await.value("the session", () -> link(peer).current().orElseThrow(), _ -> true);
            try (ScriptedConnection second = peer.connect(node.name())) {
                second.sendName();
                second.expectStatus("alive");
                second.sendStatus("true");
                second.expectChallenge();
                answers(peer, first);
                second.sendReply();
                second.expectAck();

                first.expectClosed();
                Await.until("the end of the first", () -> !replaced.connection().isOpen());
                answers(peer, second);
                assertThat(link(peer).current()).isPresent().get().isNotSameAs(replaced);
                assertThat(link(peer).totals().bytesIn())
                        .as("the bytes of both")
                        .isGreaterThan(replaced.connection().stats().bytesIn());
                assertThat(link(peer).status().state()).isEqualTo(State.CONNECTED);
            }
        }
        assertThat(log.warnings("")).isEmpty();
    }

    @Test
    @Says(in = Section.SILENT, value = "After alive and true, a connection is replaced only once the cookie is proved.")
    void aConnectionWithThePeersNameAndAnotherCookieReplacesNothing() {
        try (ScriptedPeer peer = peer("peer");
                ScriptedConnection first = peer.connectAndShakeHands(node.name());
                ScriptedConnection stranger = peer.connect(node.name())) {
            answers(peer, first);
            stranger.sendName();
            stranger.expectStatus("alive");
            stranger.sendStatus("true");
            stranger.expectChallenge();
            stranger.sendReply(ScriptedConnection.wrongDigest());
            stranger.expectClosed();

            answers(peer, first);
        }
    }

    @Test
    void twoNodesOfPierThatConnectAtTheSameTimeEndWithOneConnection() throws Exception {
        for (int round = 0; round < 10; round++) {
            try (TestNode a = TestNode.start(COOKIE);
                    TestNode b = TestNode.start(COOKIE)) {
                PeerLink toB = a.node().persistentLink(b.node().name());
                PeerLink toA = b.node().persistentLink(a.node().name());
                toB.connect();
                toA.connect();
                Await.until("one connection, used by both", () -> isUp(toA) && isUp(toB) && sameSocket(toA, toB));
            }
        }
        assertThat(log.warnings("")).isEmpty();
    }

    private static boolean isUp(PeerLink link) {
        return link.current().map(session -> session.connection().isOpen()).orElse(false);
    }

    /// Whether a signal on the connection of one side arrives on the connection of the other.
    private static boolean sameSocket(PeerLink one, PeerLink other) {
        Session here = one.current().orElseThrow();
        Session there = other.current().orElseThrow();
        long before = there.connection().stats().bytesIn();
        here.sendRequired(
                new ControlMessage.DemonitorP(
                        here.nodePid(), here.nodePid(), here.identifiers().nextReference()),
                here.nodePid());
        Await.until(
                "the bytes",
                Duration.ofSeconds(5),
                () -> there.connection().stats().bytesIn() > before);
        return true;
    }

    @Test
    void callsDuringAnAttemptToConnectAllSucceed() throws Exception {
        try (ErlangPeer erlang = ErlangPeer.with().cookie(COOKIE).start()) {
            Peer peer = node.peer(erlang);
            erlang.suspend();
            List<CompletableFuture<Reply>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(peer.callAsync("erlang", "abs", -i));
            }
            Await.until("the attempt", () -> peer.status().state() == State.CONNECTING);
            erlang.resume();
            for (int i = 0; i < 20; i++) {
                assertThat(Await.result("a call", calls.get(i)).as(long.class)).isEqualTo(i);
            }
            assertThat(node.link(erlang).totals().reconnects()).isZero();
        }
    }

    @Test
    void closingTheNodeFailsCallsThatWaitForAConnection() throws Exception {
        try (ScriptedPeer peer = peer("peer")) {
            Peer remote = node.peer(link(peer)).with(new CallOptions(Duration.ofMinutes(10)));
            CompletableFuture<Reply> call = remote.callAsync("m", "f");
            try (ScriptedConnection connection = peer.accept()) {
                connection.expectName();
                node.close();

                assertThatThrownBy(() -> Await.result("the call", call))
                        .hasCauseInstanceOf(NotConnected.class)
                        .hasMessageContaining("this node has been stopped");
                connection.expectClosed();
            }
        }
        assertThat(log.warnings("")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ACK", value = Step.class)
    void aPeerThatClosesTheConnectionDuringTheHandshakeFailsTheCall(Step last) {
        try (ScriptedPeer peer = peer("peer")) {
            CompletableFuture<Reply> call = node.peer(link(peer)).callAsync("m", "f");
            try (ScriptedConnection connection = peer.accept()) {
                connection.acceptHandshake(last);
            }
            NotConnected failed = failure(call);
            assertThat(failed).hasMessageContaining(peer.nodeName());
            assertThat(failed.maybeExecuted()).isFalse();
        }
    }

    @Test
    void anInvalidStatusIsRefused() {
        for (String status : List.of("maybe", "", "ok ", "x".repeat(3_000), "named:")) {
            try (ScriptedPeer peer = peer("peer")) {
                CompletableFuture<Reply> call = node.peer(link(peer)).callAsync("m", "f");
                try (ScriptedConnection connection = peer.accept()) {
                    connection.expectName();
                    connection.sendStatus(status);
                    connection.expectClosed();
                }
                assertThat(failure(call)).hasMessageContaining(peer.nodeName());
            }
        }
    }

    @Test
    void aPeerWithAnotherCookieIsRefusedAndCallsFailAtOnce() {
        try (ScriptedPeer peer = peer("peer")) {
            Peer remote = node.peer(link(peer));
            CompletableFuture<Reply> call = remote.callAsync("m", "f");
            try (ScriptedConnection connection = peer.accept()) {
                connection.acceptHandshake(Step.REPLY);
                connection.sendAck(ScriptedConnection.wrongDigest());
                connection.expectClosed();
            }
            assertThat(failure(call)).hasMessageContaining("has a different cookie");
            assertThat(remote.status().state()).isEqualTo(State.REFUSED);
            assertThatThrownBy(() -> remote.call("m", "f")).isInstanceOf(NotConnected.class);
            assertThat(log.warnings("")).singleElement().asString().contains(peer.nodeName());
            assertThat(log.text()).doesNotContain(COOKIE);
        }
    }

    @Test
    void aPeerThatEndsEachConnectionIsRetriedWithGrowingPauses() {
        try (ScriptedPeer peer = peer("peer")) {
            node.node().persistentLink(NodeName.parse(peer.nodeName())).connect();
            List<Long> arrivals = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                try (ScriptedConnection connection = peer.acceptAndShakeHands()) {
                    arrivals.add(System.nanoTime());
                    connection.sendFrame(new byte[] {1});
                    connection.expectClosed();
                }
            }
            // The pause before the last attempt is at least half of 100 ms · 2⁵.
            assertThat(Duration.ofNanos(arrivals.get(5) - arrivals.get(4)))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(1_600));
        }
    }

    @Test
    @Says(in = Section.SILENT, value = "An empty frame is a tick, a sign of life.")
    void ticksKeepAnIdleConnectionOpen() throws Exception {
        Duration tickTime = Duration.ofMillis(800);
        try (TestNode ticking = TestNode.start(COOKIE, tickingEvery(tickTime), 100);
                ScriptedPeer peer = peer("peer");
                ScriptedConnection connection = peer.connectAndShakeHands(ticking.name())) {
            long began = System.nanoTime();
            while (System.nanoTime() - began < tickTime.multipliedBy(4).toNanos()) {
                connection.expectTick();
                connection.sendTick();
            }
            answers(peer, connection, ticking);
        }
    }

    @Test
    @Says(in = Section.SILENT, value = "A peer is down after net_ticktime and a quarter of silence.")
    void aPeerThatSendsNoByteIsDeadAfterTheTickTimeAndAQuarter() throws Exception {
        Duration tickTime = Duration.ofMillis(800);
        try (TestNode ticking = TestNode.start(COOKIE, tickingEvery(tickTime), 100);
                ScriptedPeer peer = peer("peer");
                ScriptedConnection connection = peer.connectAndShakeHands(ticking.name())) {
            long began = System.nanoTime();
            connection.expectClosed();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(tickTime);
            Await.asserted(
                    "the line in the log",
                    () -> assertThat(log.text())
                            .contains("Connection to " + peer.nodeName() + " lost: no byte received"));
            assertThat(log.warnings("")).isEmpty();
        }
    }

    @Test
    void aSuspendedNodeCountsAsDeadAndIsConnectedAgainAfterwards() throws Exception {
        try (ErlangPeer erlang = ErlangPeer.with().cookie(COOKIE).tickSeconds(4).start();
                TestNode ticking = TestNode.start(COOKIE, tickingEvery(Duration.ofSeconds(4)), 100)) {
            Peer peer = ticking.peer(erlang).with(new CallOptions(Duration.ofMinutes(5)));
            assertThat(peer.call("erlang", "node").as(String.class)).isEqualTo(erlang.nodeName());
            // Eight seconds with ticks only: twice the tick time.
            long before = ticking.link(erlang).totals().bytesIn();
            Await.until("eight ticks", () -> ticking.link(erlang).totals().bytesIn() >= before + 8 * 4);
            assertThat(ticking.link(erlang).totals().reconnects()).isZero();
            assertThat(erlang.eval("nodes(hidden)")).contains(ticking.name());

            CompletableFuture<Reply> call = peer.callAsync("timer", "sleep", Atom.of("infinity"));
            Await.until(
                    "the call",
                    () -> ticking.link(erlang)
                            .current()
                            .map(session -> session.pendingReplies().count() > 0)
                            .orElse(false));
            erlang.suspend();
            assertThatThrownBy(() -> Await.result("the call", call))
                    .hasCauseInstanceOf(ConnectionLost.class)
                    .hasMessageContaining("erlang.net-ticktime: 4 s");
            assertThat(peer.status().isConnected()).isFalse();

            erlang.resume();
            Await.until("the connection", () -> peer.status().isConnected());
            assertThat(peer.call("erlang", "node").as(String.class)).isEqualTo(erlang.nodeName());
            assertThat(ticking.link(erlang).totals().reconnects()).isEqualTo(1);
        }
    }

    private static ConnectionSettings tickingEvery(Duration tickTime) {
        ConnectionSettings usual = ConnectionSettings.DEFAULT;
        return new ConnectionSettings(tickTime, usual.maxFrame(), usual.fragments(), usual.maxQueued(), usual.decode());
    }

    private static NotConnected failure(CompletableFuture<Reply> call) {
        Throwable thrown = catchThrowableOfType(ExecutionException.class, () -> call.get(20, TimeUnit.SECONDS))
                .getCause();
        assertThat(thrown).isInstanceOf(NotConnected.class);
        return (NotConnected) Objects.requireNonNull(thrown);
    }

    private static ScriptedPeer peer(String prefix) {
        return ScriptedPeer.named(prefix).cookie(COOKIE);
    }

    private PeerLink link(ScriptedPeer peer) {
        return node.node().link(NodeName.parse(peer.nodeName()));
    }

    private static void finish(ScriptedConnection connection) {
        connection.sendChallenge();
        connection.expectReply();
        connection.sendAck();
    }

    private void answers(ScriptedPeer peer, ScriptedConnection connection) {
        answers(peer, connection, node);
    }

    /// A link to a process that does not exist on this node is answered with an exit signal.
    private static void answers(ScriptedPeer peer, ScriptedConnection connection, TestNode node) {
        byte[] nobody = TermBytes.pid(node.name(), 1_000_000, 0, node.node().creation());
        connection.sendFrame(FrameBytes.normal(tuple(integer(1), peer.pid(1), nobody)));
        assertThat(connection.expectFrame()).endsWith(atom("noproc"));
    }
}
