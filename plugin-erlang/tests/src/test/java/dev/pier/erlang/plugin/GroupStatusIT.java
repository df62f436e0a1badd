package dev.pier.erlang.plugin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Balance;
import dev.pier.erlang.metrics.ErlangMetrics;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.peer.RequiredNodes;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The admin port shows each node of a peer.
class GroupStatusIT {
    @RegisterExtension
    final ErlangPeer first = ErlangPeer.start();

    @RegisterExtension
    final ErlangPeer second = ErlangPeer.with().cookie(first.cookie()).start();

    @Test
    @SuppressWarnings("unchecked")
    void statusReadinessAndMetricsAreByNode() throws IOException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ErlangMetrics metrics = new ErlangMetrics(registry);
        NodeBuilder builder = TestNode.builder(first.cookie())
                .peer(
                        "backend",
                        it -> it.nodes(first.nodeName(), second.nodeName())
                                .balance(Balance.ROUND_ROBIN)
                                .eager());
        metrics.observe(builder);
        try (NodeRuntime erlang = builder.start()) {
            metrics.register(erlang);
            ErlangStatus.PeerCheck any = new ErlangStatus.PeerCheck("any", erlang.group("backend"), RequiredNodes.ANY);
            ErlangStatus.PeerCheck all = new ErlangStatus.PeerCheck("all", erlang.group("backend"), RequiredNodes.ALL);
            Await.until("both connections", () -> all.check().up());
            assertThat(any.check().up()).isTrue();
            for (int i = 0; i < 10; i++) {
                assertThat(erlang.peer("backend").call("erlang", "node").as(String.class))
                        .isNotEmpty();
            }
            for (ErlangPeer node : List.of(first, second)) {
                Timer calls = registry.get("pier.erlang.calls")
                        .tags("peer", "backend", "node", node.nodeName(), "outcome", "ok")
                        .timer();
                assertThat(calls.count()).isEqualTo(5);
                assertThat(connected(registry, node)).isEqualTo(1);
            }
            second.kill();
            Await.until("the loss", () -> !all.check().up());
            assertThat(any.check().up()).isTrue();
            assertThat(connected(registry, second)).isZero();

            Map<String, Object> status = (Map<String, Object>) ErlangStatus.of(erlang);
            Map<String, Object> peers = (Map<String, Object>) requireNonNull(status.get("peers"));
            Map<String, Object> backend = (Map<String, Object>) requireNonNull(peers.get("backend"));
            assertThat(backend).containsEntry("state", "CONNECTED").containsEntry("balance", "round-robin");
            assertThat(backend).doesNotContainKey("lastProblem");
            List<Map<String, Object>> nodes = (List<Map<String, Object>>) requireNonNull(backend.get("nodes"));
            assertThat(nodes).extracting(node -> node.get("node")).containsExactly(first.nodeName(), second.nodeName());
            assertThat(nodes.getFirst()).containsEntry("state", "CONNECTED").containsEntry("calls", 0);
            assertThat(nodes.getLast().get("state")).isNotEqualTo("CONNECTED");
            assertThat(nodes.getLast()).containsKey("lastProblem");

            first.kill();
            Await.until("the loss of the other", () -> !any.check().up());
        }
    }

    private static double connected(SimpleMeterRegistry registry, ErlangPeer node) {
        return registry.get("pier.erlang.connected")
                .tags("peer", "backend", "node", node.nodeName())
                .gauge()
                .value();
    }
}
