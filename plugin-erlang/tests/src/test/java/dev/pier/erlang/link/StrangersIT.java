package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedConnection.Step;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Strangers, who do not know the cookie, leave nothing behind: no link, no taken place, no flood in the log.
class StrangersIT {
    private static final String COOKIE = "strangers";

    /// The places of a [TestNode] for handshakes.
    private static final int PLACES = 16;

    private TestNode node;
    private ScriptedPeer stranger;
    private LogCapture log;

    @BeforeEach
    void start() throws IOException {
        node = TestNode.start(COOKIE);
        stranger = ScriptedPeer.named("stranger").cookie("wrong");
        log = LogCapture.begin();
    }

    @AfterEach
    void stop() {
        log.close();
        stranger.close();
        node.close();
    }

    private void hello(String name) {
        try (ScriptedConnection connection = stranger.connect(node.port())) {
            connection.sendName(name, ScriptedPeer.MODERN_FLAGS);
            connection.expectStatus("ok");
            connection.expectChallenge();
            connection.sendReply(ScriptedConnection.wrongDigest());
            connection.expectClosed();
        }
    }

    @Test
    void noLinkIsMadeForAClaimedName() {
        for (int i = 0; i < 200; i++) {
            hello("claimed" + i + "@" + TestHost.NAME);
        }
        assertThat(node.node().links()).isEmpty();
    }

    @Test
    void aLinkInUseIsKeptWhateverTheNumberOfNames() {
        NodeName backend = NodeName.parse("backend@localhost");
        PeerLink held = node.node().link(backend);
        for (int i = 0; i < 10_500; i++) {
            node.node().link(NodeName.parse("once" + i + "@localhost"));
        }
        assertThat(node.node().link(backend)).isSameAs(held);
    }

    @Test
    void silentConnectionsKeepNoNodeOut() {
        List<ScriptedConnection> silent = new ArrayList<>();
        Map<ScriptedPeer, ScriptedConnection> nodes = new HashMap<>();
        try {
            for (int i = 0; i < PLACES; i++) {
                silent.add(stranger.connect(node.port()));
            }
            for (int i = 0; i < 2 * PLACES; i++) {
                ScriptedPeer peer = ScriptedPeer.named("node").cookie(COOKIE);
                nodes.put(peer, peer.connectAndShakeHands(node.name()));
                silent.add(stranger.connect(node.port()));
            }
            assertThat(nodes.keySet())
                    .allSatisfy(peer -> Await.until(
                            "the connection",
                            () -> node.node()
                                    .link(NodeName.parse(peer.nodeName()))
                                    .current()
                                    .isPresent()));
        } finally {
            silent.forEach(ScriptedConnection::close);
            nodes.forEach((peer, connection) -> {
                connection.close();
                peer.close();
            });
        }
        assertThat(log.warnings("erlang.listen.max-handshakes")).hasSize(1);
    }

    @Test
    void refusedNamesDoNotFillTheLog() throws IOException {
        try (TestNode closed = TestNode.start(TestNode.builder(COOKIE).allow(List.of("backend@*")))) {
            for (int i = 0; i < 50; i++) {
                try (ScriptedConnection connection = stranger.connect(closed.port())) {
                    connection.sendName("uninvited" + i + "@localhost", ScriptedPeer.MODERN_FLAGS);
                    connection.expectStatus("not_allowed");
                }
            }
        }
        assertThat(log.lines(Level.INFO, "erlang.listen.allow")).hasSize(20);
        assertThat(log.lines(Level.DEBUG, "uninvited49@localhost may not connect"))
                .hasSize(1);
    }

    @Test
    void aHostWithoutRoomForANameIsNoErrorOfThisNode() {
        try (ScriptedConnection connection = stranger.connect(node.port())) {
            connection.sendName("h".repeat(250), ScriptedPeer.MODERN_FLAGS | ScriptedPeer.NAME_ME);
            connection.expectStatus("not_allowed");
            connection.expectClosed();
        }
        assertThat(log.warnings("")).isEmpty();
    }

    @Test
    void nodesAboveTheLimitAreRefusedWithAWarning() throws IOException {
        int max = 3;
        List<ScriptedPeer> peers = new ArrayList<>();
        List<ScriptedConnection> connections = new ArrayList<>();
        try (TestNode bounded = TestNode.start(TestNode.builder(COOKIE).link(LinkSettings.DEFAULT.withMaxNodes(max)))) {
            for (int i = 0; i < max; i++) {
                ScriptedPeer peer = ScriptedPeer.named("node").cookie(COOKIE);
                peers.add(peer);
                connections.add(peer.connectAndShakeHands(bounded.name()));
            }
            Await.until("the connections", () -> connected(bounded) == max);
            for (int i = 0; i < 5; i++) {
                ScriptedPeer peer = ScriptedPeer.named("surplus").cookie(COOKIE);
                peers.add(peer);
                try (ScriptedConnection refused = peer.connect(bounded.name())) {
                    refused.sendName();
                    refused.expectStatus("not_allowed");
                    refused.expectClosed();
                }
            }
            assertThat(log.warnings("")).singleElement().asString().contains("erlang.limits.connected-nodes");

            // A connected node may replace its connection, and its end makes room.
            try (ScriptedConnection again = peers.getFirst().connect(bounded.name())) {
                again.sendName();
                again.expectStatus("alive");
            }
            connections.removeFirst().close();
            Await.until("the end of one", () -> connected(bounded) == max - 1);
            connections.add(peers.getLast().connectAndShakeHands(bounded.name()));
        } finally {
            connections.forEach(ScriptedConnection::close);
            peers.forEach(ScriptedPeer::close);
        }
    }

    /// Handshakes that run side by side cannot exceed the limit together.
    @Test
    void theLimitHoldsForSimultaneousHandshakes() throws IOException {
        try (TestNode bounded = TestNode.start(TestNode.builder(COOKIE).link(LinkSettings.DEFAULT.withMaxNodes(1)));
                ScriptedPeer one = ScriptedPeer.named("one").cookie(COOKIE);
                ScriptedPeer other = ScriptedPeer.named("other").cookie(COOKIE);
                ScriptedConnection first = one.connect(bounded.name());
                ScriptedConnection second = other.connect(bounded.name())) {
            first.initiateHandshake(Step.CHALLENGE);
            second.initiateHandshake(Step.CHALLENGE);
            first.sendReply();
            first.expectAck();
            Await.until("the first", () -> connected(bounded) == 1);
            second.sendReply();
            second.expectAck();
            second.expectClosed();
            assertThat(connected(bounded)).isEqualTo(1);
        }
    }

    private static long connected(TestNode node) {
        return node.node().links().stream()
                .filter(link -> link.current().isPresent())
                .count();
    }
}
