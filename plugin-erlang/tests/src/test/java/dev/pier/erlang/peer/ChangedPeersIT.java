package dev.pier.erlang.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.Balance;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.OpenedNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.Subscription;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.peer.GroupScene.Load;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Settings of peers that a running node takes up.
class ChangedPeersIT {
    @RegisterExtension
    static final ErlangPeer first = ErlangPeer.start();

    @RegisterExtension
    static final ErlangPeer second = ErlangPeer.with().cookie(first.cookie()).start();

    @RegisterExtension
    static final ErlangPeer stranger = ErlangPeer.start();

    @BeforeAll
    static void compileWork() {
        List.of(first, second).forEach(node -> node.compile(GroupScene.WORK));
    }

    private static NodeBuilder backend(ErlangPeer... nodes) {
        String[] names = List.of(nodes).stream().map(ErlangPeer::nodeName).toArray(String[]::new);
        return TestNode.builder(first.cookie())
                .peer(
                        "backend",
                        it -> it.nodes(names).balance(Balance.ROUND_ROBIN).eager());
    }

    private static void take(NodeRuntime erlang, NodeBuilder changed) throws IOException {
        erlang.prepare(changed).run();
    }

    private static String called(Peer peer) {
        return peer.call("erlang", "node").as(String.class);
    }

    private static boolean isConnected(NodeRuntime erlang, ErlangPeer node) {
        return erlang.connectedNodes().contains(node.nodeName());
    }

    @Test
    void openedNodesAndServersFollow() throws IOException {
        try (NodeRuntime erlang = backend(first).start();
                OpenedNode opened = erlang.open(TestHost.uniqueName("extra"))) {
            Peer own = erlang.peer("backend");
            Peer beside = opened.peer("backend");
            GenServerRef server = own.server("work");
            assertThat(first.eval("work:serve(), ok")).isEqualTo("ok");
            assertThat(second.eval("work:serve(), ok")).isEqualTo("ok");
            assertThat(called(own)).isEqualTo(first.nodeName());
            assertThat(called(beside)).isEqualTo(first.nodeName());
            assertThat(server.call(Atom.of("who")).as(String.class)).isEqualTo(first.nodeName());

            take(erlang, backend(second).peer("more", first.nodeName()));
            assertThat(called(own)).isEqualTo(second.nodeName());
            assertThat(called(beside)).isEqualTo(second.nodeName());
            assertThat(server.call(Atom.of("who")).as(String.class)).isEqualTo(second.nodeName());
            assertThat(called(opened.peer("more"))).isEqualTo(first.nodeName());
            assertThat(isConnected(erlang, first))
                    .as("the node of the other peer")
                    .isTrue();
        }
    }

    @Test
    void listenersAreToldAndAConnectionStays() throws IOException {
        Queue<String> events = new ConcurrentLinkedQueue<>();
        try (NodeRuntime erlang = backend(first, second).start()) {
            Peer peer = erlang.peer("backend");
            Await.until("both connections", () -> peer.nodes().stream().allMatch(PeerStatus::isConnected));
            List<PeerStatus> before = peer.nodes();
            try (Subscription _ = erlang.onPeer(event -> events.add(event.node() + " " + event.kind()))) {
                take(erlang, backend(first, second));
                assertThat(peer.nodes()).isEqualTo(before);
                take(erlang, backend(second));
                String down = first.nodeName() + " " + PeerEvent.Kind.DOWN;
                Await.until("the news", () -> events.contains(down));
                Await.until("the end of the connection", () -> !isConnected(erlang, first));
                assertThat(peer.nodes()).containsExactly(before.getLast());
                take(erlang, backend(first, second));
                Await.until("the connection", () -> isConnected(erlang, first));
                assertThat(events).doesNotContain(second.nodeName() + " " + PeerEvent.Kind.DOWN);
            }
        }
    }

    @Test
    void aRemovedPeerSaysSoUntilItComesBack() throws IOException {
        try (NodeRuntime erlang = backend(first).start()) {
            Peer peer = erlang.peer("backend");
            assertThat(called(peer)).isEqualTo(first.nodeName());
            take(erlang, TestNode.builder(first.cookie()));
            assertThat(erlang.peerNames()).isEmpty();
            for (Peer held : List.of(peer, erlang.peer("backend"))) {
                assertThatThrownBy(() -> called(held))
                        .isInstanceOf(NotConnected.class)
                        .hasMessage("not connected to backend: the peer was removed from the configuration; add it"
                                + " again (erlang.peers.backend) or use another one");
            }
            assertThat(peer.status().lastProblem()).isPresent();
            assertThatThrownBy(() -> erlang.peer("other")).isInstanceOf(IllegalArgumentException.class);
            take(erlang, backend(second));
            assertThat(called(peer)).isEqualTo(second.nodeName());
        }
    }

    @Test
    void cookiesAndDnsAreTakenUp() throws IOException {
        Consumer<NodeBuilder> cookie = it -> it.peer(
                "stranger",
                s -> s.node(stranger.nodeName()).cookie(stranger.cookie()).timeout(Duration.ofSeconds(10)));
        try (NodeRuntime erlang =
                backend(first).resolver(_ -> List.of(TestHost.address())).start()) {
            NodeBuilder changed = backend(first);
            cookie.accept(changed);
            take(erlang, changed);
            Peer peer = erlang.peer("stranger");
            assertThat(called(peer)).isEqualTo(stranger.nodeName());

            // No node has this name. The nodes before stay until DNS has answered.
            NodeBuilder byDns = TestNode.builder(first.cookie())
                    .peer("backend", it -> it.dns("backend.test", "stranger", Duration.ofMillis(100)));
            take(erlang, byDns);
            Peer backend = erlang.peer("backend");
            Await.until(
                    "the node of DNS",
                    () -> backend.nodes().stream().anyMatch(node -> node.node().startsWith("stranger@")));
            Await.until(
                    "the end of the connections", () -> erlang.connectedNodes().isEmpty());
            take(erlang, backend(first));
            assertThat(called(backend)).isEqualTo(first.nodeName());
            assertThat(backend.nodes()).hasSize(1);
        }
    }

    @Test
    void changesFromSeveralThreadsLoseNoCall() throws Exception {
        try (NodeRuntime erlang = backend(first).start()) {
            Peer peer = erlang.peer("backend");
            Load load = new Load(peer, 16, 1);
            Thread[] threads = new Thread[2];
            for (int i = 0; i < threads.length; i++) {
                ErlangPeer[] nodes = {i == 0 ? first : second};
                threads[i] = Thread.ofVirtual().start(() -> {
                    for (int round = 0; round < 100; round++) {
                        try {
                            take(erlang, round % 3 == 0 ? backend(first, second) : backend(nodes));
                            called(peer);
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                });
            }
            for (Thread thread : threads) {
                thread.join();
            }
            take(erlang, backend(second));
            load.awaitAnswersOf(second, 50);
            Await.until("the end of the connection", () -> !isConnected(erlang, first));
            load.close();
            assertThat(load.failures).as("of %s answers", load.answered()).isEmpty();
        }
    }

    @Test
    void aClosedNodeTakesNothingUp() throws IOException {
        NodeRuntime erlang = backend(first).start();
        Runnable change = erlang.prepare(backend(second));
        erlang.close();
        change.run();
        assertThat(erlang.peer("backend").nodes()).extracting(PeerStatus::node).containsExactly(first.nodeName());
    }
}
