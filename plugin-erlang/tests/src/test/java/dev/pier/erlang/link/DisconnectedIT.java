package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Connections that an operator or another node of the same name ends.
class DisconnectedIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private LogCapture log;

    @BeforeEach
    void listen() {
        log = LogCapture.begin();
    }

    @AfterEach
    void end() {
        log.close();
    }

    @Test
    void anOperatorDisconnectsForALongerTimeEachTime() throws IOException {
        try (TestNode node = TestNode.start(erlang.cookie())) {
            PeerLink link = node.link(erlang);
            link.connect();
            Await.until("the connection", () -> link.current().isPresent());
            for (Duration pause : new Duration[] {Duration.ofMillis(400), Duration.ofMillis(800)}) {
                Session before = link.current().orElseThrow();
                long began = System.nanoTime();
                erlang.eval("erlang:disconnect_node('" + node.name() + "')");
                Await.until(
                        "another connection",
                        () -> link.current().filter(now -> now != before).isPresent());
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(pause);
            }
            assertThat(log.lines(Level.INFO, "erlang:disconnect_node"))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .contains(erlang.nodeName())
                            .contains("connecting again after a pause that grows each time"));
            assertThat(log.warnings("")).isEmpty();
        }
    }

    /// Neither is at EPMD, so both start.
    @Test
    void twoNodesOfOneNameThatReplaceEachOtherSayWhy() throws IOException {
        String alive = TestHost.uniqueName("twin");
        try (TestNode one = unregistered(alive);
                TestNode other = unregistered(alive)) {
            one.link(erlang).connect();
            other.link(erlang).connect();
            Await.asserted(
                    "the warning",
                    Duration.ofMinutes(1),
                    () -> assertThat(log.warnings("is connected to another node of the name " + one.name()))
                            .isNotEmpty()
                            .allSatisfy(line -> assertThat(line).startsWith(erlang.nodeName())));
        }
    }

    private static TestNode unregistered(String alive) throws IOException {
        InetSocketAddress epmd = new InetSocketAddress(TestHost.address(), TestEpmd.port());
        return TestNode.start(TestNode.builder(alive, TestEpmd.port(), erlang.cookie())
                .epmd(new EpmdSettings(false, epmd, Duration.ofSeconds(5))));
    }

    @Test
    void twoPeersOfOneNameAreToldApartInTheLog() throws IOException {
        Deque<ScriptedConnection> connections = new ArrayDeque<>();
        try (TestNode node = TestNode.start(erlang.cookie());
                ScriptedPeer peer = ScriptedPeer.named("twins").cookie(erlang.cookie())) {
            connections.push(peer.connectAndShakeHands(node.name()));
            PeerLink link = node.node().link(NodeName.parse(peer.nodeName()));
            Await.until("the first", () -> link.current().isPresent());
            for (int i = 0; i < Takeovers.SUSPICIOUS; i++) {
                ScriptedConnection next = peer.connect(node.name());
                connections.push(next);
                next.sendName();
                next.expectStatus("alive");
                next.sendStatus("true");
                next.expectChallenge();
                next.sendReply();
                next.expectAck();
                connections.stream().skip(1).findFirst().orElseThrow().expectClosed();
            }
            assertThat(log.warnings(""))
                    .singleElement()
                    .asString()
                    .contains(peer.nodeName(), "two nodes have this name");
        } finally {
            connections.forEach(ScriptedConnection::close);
        }
    }
}
