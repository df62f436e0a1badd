package dev.pier.erlang.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Balance;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.NodeReply;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.peer.GroupScene.Failure;
import dev.pier.erlang.peer.GroupScene.Load;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Calls to a peer of three nodes: which node gets them, and how they end when a node dies.
class BalanceIT {
    @RegisterExtension
    static final ErlangPeer first = ErlangPeer.start();

    @RegisterExtension
    static final ErlangPeer second = ErlangPeer.with().cookie(first.cookie()).start();

    @RegisterExtension
    static final ErlangPeer third = ErlangPeer.with().cookie(first.cookie()).start();

    private static final List<ErlangPeer> ALL = List.of(first, second, third);

    @BeforeAll
    static void compile() {
        ALL.forEach(node -> node.compile(GroupScene.WORK));
    }

    @BeforeEach
    void startAll() {
        for (ErlangPeer node : ALL) {
            if (!node.isRunning()) {
                node.restart();
            }
            node.eval("work:slow(1), (whereis(work) =:= undefined) andalso work:serve()");
        }
    }

    private static TestNode start(Balance balance) throws IOException {
        return GroupScene.start(first.cookie(), balance, first, second, third);
    }

    private static Map<String, Integer> count(int calls, Peer peer) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < calls; i++) {
            counts.merge(peer.call("erlang", "node").as(String.class), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void roundRobinGivesEachNodeThatIsUpTheSame() throws IOException {
        try (TestNode node = start(Balance.ROUND_ROBIN)) {
            Peer backend = GroupScene.connected(node);
            assertThat(count(300, backend))
                    .hasSize(3)
                    .allSatisfy((_, calls) -> assertThat(calls).isEqualTo(100));
            second.kill();
            Await.until(
                    "the end of the connection", () -> !backend.nodes().get(1).isConnected());
            assertThat(count(300, backend))
                    .hasSize(2)
                    .allSatisfy((_, calls) -> assertThat(calls).isEqualTo(150));
        }
    }

    @Test
    void firstCallsTheOthersOnlyIfTheFirstIsDown() throws IOException {
        try (TestNode node = start(Balance.FIRST)) {
            Peer backend = GroupScene.connected(node);
            assertThat(count(50, backend)).containsOnlyKeys(first.nodeName());
            first.kill();
            Await.until(
                    "the end of the connection",
                    () -> !backend.nodes().getFirst().isConnected());
            assertThat(count(50, backend)).containsOnlyKeys(second.nodeName());
            assertThat(backend.nodeName()).isEqualTo(second.nodeName());
            first.restart();
            Await.until("the first node again", () -> count(1, backend).containsKey(first.nodeName()));
        }
    }

    /// With equal numbers of running calls, a node that takes ten times as long ends a tenth as many.
    @Test
    void leastCallsSpareASlowNode() throws IOException {
        third.eval("work:slow(10)");
        try (TestNode node = start(Balance.LEAST_CALLS)) {
            Peer backend = GroupScene.connected(node);
            Load load = new Load(backend, 24, 30);
            load.awaitAnswers(2_000);
            load.close();
            assertThat(load.failures).isEmpty();
            double evenShare = load.answered() / 3.0;
            assertThat((double) load.of(third)).as("of %s", load.answers).isBetween(1.0, evenShare / 5);
            assertThat((double) load.of(first)).isBetween(evenShare, 2 * evenShare);
            assertThat((double) load.of(second)).isBetween(evenShare, 2 * evenShare);
        }
    }

    @Test
    void idleNodesShareSingleCalls() throws IOException {
        try (TestNode node = start(Balance.LEAST_CALLS)) {
            // The chance that a node gets fewer than 50 of 300 is below 1e-11.
            assertThat(count(300, GroupScene.connected(node)))
                    .hasSize(3)
                    .allSatisfy((_, calls) -> assertThat(calls).isGreaterThan(50));
        }
    }

    @Test
    void ofANodeThatIsKilledOnlyTheCallsInFlightFail() throws IOException {
        try (TestNode node = start(Balance.LEAST_CALLS)) {
            Peer backend = GroupScene.connected(node);
            AtomicLong downAt = new AtomicLong();
            node.runtime().onPeer(event -> {
                if (event.node().equals(second.nodeName()) && event.kind() == PeerEvent.Kind.DOWN) {
                    downAt.compareAndSet(0, System.nanoTime());
                }
            });
            Load load = new Load(backend, 64, 20);
            load.awaitAnswersOf(second, 500);
            second.kill();
            load.awaitAnswers(3_000);
            second.restart();
            load.awaitAnswersOf(second, 200);
            load.close();
            assertThat(load.failures)
                    .as("failures, of %s answers", load.answered())
                    .hasSizeBetween(1, 64)
                    .allSatisfy(failure -> assertThat(failure.cause()).isInstanceOf(ConnectionLost.class));
            assertThat(downAt).doesNotHaveValue(0);
            assertThat(load.failures).extracting(Failure::started).allMatch(started -> started - downAt.get() < 0);
            assertThat(load.longest()).isLessThan(GroupScene.TIMEOUT);
        }
    }

    @Test
    void castsMessagesServersAndStreamsGoOnToTheOthers() throws IOException {
        try (TestNode node = start(Balance.ROUND_ROBIN)) {
            Peer backend = GroupScene.connected(node);
            Set<String> answered = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                answered.add(backend.server("work").call(Atom.of("who")).as(String.class));
            }
            assertThat(answered).hasSize(3);
            third.kill();
            Await.until(
                    "the end of the connection",
                    () -> !backend.nodes().getLast().isConnected());
            for (int i = 0; i < 10; i++) {
                backend.server("work").cast("cast");
                backend.send("work", List.of());
                backend.cast("gen_server", "cast", Atom.of("work"), "called");
                try (ReplyStream stream = backend.stream("lists", "seq", 1, 100)) {
                    assertThat(stream).hasSize(100);
                }
                assertThat(backend.ping()).isTrue();
            }
            for (String message : new String[] {"cast", "called"}) {
                Await.until(
                        "all messages " + message, () -> received(first, message) + received(second, message) == 10);
                assertThat(received(first, message)).isEqualTo(5);
            }
        }
    }

    private static int received(ErlangPeer node, String message) {
        return Integer.parseInt(node.eval("length([M || M <- work:received(), M =:= <<\"" + message + "\">>])"));
    }

    @Test
    void callAllAsksEachNodeAndSaysWhatFailed() throws IOException {
        try (TestNode node = start(Balance.LEAST_CALLS)) {
            Peer backend = GroupScene.connected(node);
            assertThat(backend.callAll("erlang", "node"))
                    .extracting(reply -> reply.reply().as(String.class))
                    .containsExactly(first.nodeName(), second.nodeName(), third.nodeName());
            second.kill();
            Await.until(
                    "the end of the connection", () -> !backend.nodes().get(1).isConnected());
            List<NodeReply> replies = backend.callAll("erlang", "node");
            assertThat(replies)
                    .extracting(NodeReply::node)
                    .containsExactly(first.nodeName(), second.nodeName(), third.nodeName());
            assertThat(replies.get(0).failure()).isEmpty();
            assertThat(replies.get(1).failure()).containsInstanceOf(NotConnected.class);
            assertThatThrownBy(() -> replies.get(1).reply()).isInstanceOf(NotConnected.class);
            assertThat(replies.get(2).reply().as(String.class)).isEqualTo(third.nodeName());
            assertThatThrownBy(() -> backend.callAll("erlang", "node", new Object() {}))
                    .isInstanceOf(BadArgument.class);
        }
    }

    /// A host that accepts and says nothing is not known to be down until the handshake has run out of time.
    @Test
    void aSilentNodeCostsNothingWhileAnotherIsThere() throws IOException {
        String name = TestHost.uniqueName("silent");
        try (ServerSocket silent = new ServerSocket(0, 50, TestHost.address());
                TestEpmd.Registration _ = TestEpmd.register(name, silent.getLocalPort());
                TestNode node = GroupScene.start(
                        first.cookie(),
                        it -> it.nodes(TestHost.nodeName(name), first.nodeName(), "nobody@localhost")
                                .balance(Balance.FIRST))) {
            Peer backend = node.runtime().peer("backend");
            long started = System.nanoTime();
            assertThat(count(100, backend)).containsOnlyKeys(first.nodeName());
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
            assertThat(backend.status().node()).isEqualTo(first.nodeName());
        }
    }

    @Test
    void withoutAnyNodeCallsFailAtOnceAndTellWhy() throws IOException {
        try (TestNode node = GroupScene.start(first.cookie(), it -> it.nodes("nobody@localhost", "noone@localhost"))) {
            Peer backend = node.runtime().peer("backend");
            Await.until(
                    "the first failures",
                    () -> backend.nodes().stream()
                            .allMatch(status -> status.lastProblem().isPresent()));
            long started = System.nanoTime();
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> backend.call("erlang", "node"))
                        .isInstanceOf(NotConnected.class)
                        .hasMessageContaining("nobody@localhost")
                        .hasMessageContaining("noone@localhost");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
            assertThat(backend.status().state()).isNotEqualTo(PeerStatus.State.CONNECTED);
        }
    }

    /// Of the two, one has another cookie, and is called with it.
    @Test
    void aPeerMayHaveACookieOfItsOwn() throws IOException {
        try (ErlangPeer other = ErlangPeer.start();
                TestNode node = TestNode.start(TestNode.builder(first.cookie())
                        .peer("backend", first.nodeName())
                        .peer("other", it -> it.node(other.nodeName()).cookieFile(other.cookieFile())))) {
            assertThat(node.runtime().peer("backend").ping()).isTrue();
            assertThat(node.runtime().peer("other").ping()).isTrue();
            // In the other direction as well.
            other.eval("true = erlang:disconnect_node('" + node.name() + "')");
            Await.until(
                    "a connection of the other node",
                    () -> other.eval("net_adm:ping('" + node.name() + "')").equals("pong"));
            assertThat(first.eval("net_adm:ping('" + node.name() + "')")).isEqualTo("pong");
        }
    }

    @Test
    void listenersHearOfEachChangeInOrder() throws IOException {
        try (TestNode node = start(Balance.LEAST_CALLS)) {
            GroupScene.connected(node);
            List<PeerEvent> events = Collections.synchronizedList(new ArrayList<>());
            try (var _ = node.runtime().onPeer(events::add)) {
                Await.until("the present states", () -> events.size() == 3);
                assertThat(events).extracting(PeerEvent::kind).containsOnly(PeerEvent.Kind.UP);
                second.kill();
                Await.until("DOWN", () -> events.size() == 4);
                second.restart();
                Await.until("UP", () -> events.size() == 5);
                assertThat(events.subList(3, 5)).extracting(PeerEvent::node).containsOnly(second.nodeName());
                assertThat(events.subList(3, 5))
                        .extracting(PeerEvent::kind)
                        .containsExactly(PeerEvent.Kind.DOWN, PeerEvent.Kind.UP);
                assertThat(events.get(3).reason()).contains("lost");
            }
            third.kill();
            Await.until(
                    "the end of the connection",
                    () -> !node.runtime().peer("backend").nodes().getLast().isConnected());
            assertThat(events).hasSize(5);
        }
    }

    @Test
    void aNodeThatRefusesIsReported() throws IOException {
        List<PeerEvent> events = Collections.synchronizedList(new ArrayList<>());
        try (TestNode node = start(Balance.LEAST_CALLS);
                ErlangPeer stranger = ErlangPeer.start();
                TestNode wrong = GroupScene.start(first.cookie(), Balance.FIRST, stranger, first);
                var _ = wrong.runtime().onPeer(events::add)) {
            Await.until(
                    "REFUSED",
                    () -> events.stream()
                            .anyMatch(event -> event.kind() == PeerEvent.Kind.REFUSED
                                    && event.node().equals(stranger.nodeName())));
            Reply reply = wrong.runtime().peer("backend").call("erlang", "node");
            assertThat(reply.as(String.class)).isEqualTo(first.nodeName());
            assertThat(node.runtime().peer("backend").ping()).isTrue();
        }
    }
}
