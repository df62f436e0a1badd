package dev.pier.erlang.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.Balance;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.Reply;
import dev.pier.erlang.Subscription;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.HostResolver;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.peer.GroupScene.Load;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.NetworkHosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Three hosts with an Erlang node each, in network namespaces. Net tick time is 4 s.
class SeveralHostsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static NetworkHosts hosts;

    @BeforeAll
    static void start() {
        hosts = NetworkHosts.start(3, GroupScene.WORK);
    }

    @AfterAll
    static void stop() {
        hosts.close();
    }

    private static NodeBuilder builder() {
        return ErlangNodes.builder("web@" + hosts.ownAddress())
                .cookie(hosts.cookie())
                .epmd(EpmdSettings.DEFAULT.withRegister(false))
                .link(LinkSettings.DEFAULT.withConnection(new ConnectionSettings(
                        Duration.ofSeconds(4),
                        ConnectionSettings.DEFAULT.maxFrame(),
                        ConnectionSettings.DEFAULT.fragments(),
                        ConnectionSettings.DEFAULT.maxQueued(),
                        ConnectionSettings.DEFAULT.decode())));
    }

    private static void awaitConnected(Peer peer, int nodes) {
        List<PeerStatus> _ = Await.value(
                nodes + " connected nodes",
                peer::nodes,
                all -> all.size() == nodes && all.stream().allMatch(PeerStatus::isConnected));
    }

    @Test
    void aHostThatIsCutOffCostsItsCallsTheirDeadlinesAndNoOthers() throws IOException {
        try (NodeRuntime erlang = builder()
                .peer(
                        "backend",
                        it -> it.nodes(hosts.nodeName(1), hosts.nodeName(2), hosts.nodeName(3))
                                .balance(Balance.LEAST_CALLS)
                                .timeout(TIMEOUT)
                                .eager())
                .start()) {
            Peer backend = erlang.peer("backend");
            awaitConnected(backend, 3);
            AtomicLong downAt = new AtomicLong();
            Subscription _ = erlang.onPeer(event -> {
                if (event.node().equals(hosts.nodeName(2)) && event.kind() == PeerEvent.Kind.DOWN) {
                    downAt.compareAndSet(0, System.nanoTime());
                }
            });
            Load load = new Load(backend, 24, 10);
            load.awaitAnswersOf(hosts.nodeName(2), 200);
            hosts.cut(2);
            Await.until("the ticks to show it", Duration.ofSeconds(20), () -> downAt.get() != 0);
            int failed = load.failures.size();
            load.awaitAnswers(2_000);
            // After that, only calls fail that began before.
            assertThat(load.failures).allSatisfy(failure -> {
                assertThat(failure.started() - downAt.get()).isNegative();
                assertThat(failure.cause()).isInstanceOfAny(CallTimeout.class, ConnectionLost.class);
            });
            assertThat(load.failures.size()).isLessThanOrEqualTo(failed + 24);
            hosts.heal(2);
            load.awaitAnswersOf(hosts.nodeName(2), 200);
            load.close();
            assertThat(load.failures).isNotEmpty();
            // Its own deadline, and a second for a busy machine.
            assertThat(load.longest()).isLessThan(TIMEOUT.plusSeconds(1));
        }
    }

    /// A DNS with answers that the test chooses.
    private static final class TestDns implements HostResolver {
        private final Set<Integer> answer = ConcurrentHashMap.newKeySet();
        private volatile boolean broken;

        @Override
        public List<InetAddress> resolve(String name) throws UnknownHostException {
            if (broken || answer.isEmpty()) {
                throw new UnknownHostException(name);
            }
            return answer.stream()
                    .map(host -> InetAddress.ofLiteral(hosts.address(host)))
                    .toList();
        }
    }

    @Test
    void nodesFollowDnsAndNoCallIsLost() throws IOException {
        TestDns dns = new TestDns();
        try (NodeRuntime erlang = builder()
                .resolver(dns)
                .peer(
                        "backend",
                        it -> it.dns("backend.test", NetworkHosts.ALIVE, Duration.ofMillis(100))
                                .balance(Balance.LEAST_CALLS)
                                .timeout(Duration.ofSeconds(20))
                                .eager())
                .start()) {
            Peer backend = erlang.peer("backend");
            assertThatThrownBy(() -> backend.call("erlang", "node"))
                    .isInstanceOf(NotConnected.class)
                    .hasMessage("not connected to backend: DNS has no address of backend.test");
            assertThat(backend.nodes()).isEmpty();
            assertThat(backend.status().lastProblem()).contains("DNS has no address of backend.test");

            dns.answer.addAll(List.of(1, 2));
            awaitConnected(backend, 2);
            Load load = new Load(backend, 24, 10);
            load.awaitAnswersOf(hosts.nodeName(1), 100);
            dns.answer.add(3);
            load.awaitAnswersOf(hosts.nodeName(3), 100);

            dns.broken = true;
            load.awaitAnswers(1_000);
            assertThat(backend.nodes()).hasSize(3);
            dns.broken = false;

            // A call that runs there while its node disappears.
            CompletableFuture<Reply> running = backend.on(hosts.nodeName(1)).callAsync("work", "run", 3_000);
            Await.until(
                    "the call",
                    () -> erlang.group("backend").links().getFirst().gate().running() > 0);
            dns.answer.remove(1);
            Await.until("the node to disappear", () -> backend.nodes().size() == 2);
            assertThat(Await.result("the running call", running).as(String.class))
                    .isEqualTo(hosts.nodeName(1));
            Await.until(
                    "the end of its connection",
                    () -> !erlang.peer(hosts.nodeName(1)).status().isConnected());
            long of = load.of(hosts.nodeName(1));
            load.awaitAnswers(500);
            assertThat(load.of(hosts.nodeName(1))).isEqualTo(of);

            dns.answer.add(1);
            load.awaitAnswersOf(hosts.nodeName(1), 100);
            load.close();
            assertThat(load.failures)
                    .as("failures, of %s answers", load.answered())
                    .isEmpty();
            assertThat(Stream.of(1, 2, 3).map(hosts::nodeName))
                    .containsExactlyInAnyOrderElementsOf(
                            backend.nodes().stream().map(PeerStatus::node).toList());
        }
    }
}
