package dev.pier.erlang.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdLocator;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.link.AllowedNodes;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.link.NodeThreads;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.served.CallLimiter;
import dev.pier.erlang.served.ServedCalls;
import dev.pier.erlang.served.ServedFunctions;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nodes beside the server's own, and which nodes they let in.
class ManyNodesIT {
    private static final int COUNT = 300;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final ValueMapper MAPPER = new EtfValueMapper();
    private static final NodeThreads THREADS = NodeThreads.platform("many");
    private static final CallLimiter CALLS = new CallLimiter(100);
    private static final EpmdClient EPMD = new EpmdClient(
            new InetSocketAddress(TestHost.address(), TestEpmd.port()), Duration.ofSeconds(5), Duration.ofSeconds(5));

    @AfterAll
    static void stop() {
        THREADS.timer().shutdownNow();
    }

    private static ListeningNode open(AllowedNodes allowed, ServedFunctions functions) throws IOException {
        NodeSettings settings = new NodeSettings(
                        new NodeName("pier", TestHost.NAME),
                        Optional.of(new InetSocketAddress(TestHost.address(), 0)),
                        allowed,
                        LinkSettings.of(Cookie.of(erlang.cookie())).withBatching(BatchingMode.NEVER),
                        ProcessLimits.DEFAULT)
                .withAlive(TestHost.uniqueName("extra"));
        return ListeningNode.open(
                settings,
                Optional.of(EPMD),
                new EpmdLocator(EPMD),
                THREADS.virtual(),
                node -> ServedCalls.start(node.processes(), functions, CALLS));
    }

    private static ListeningNode open() throws IOException {
        return open(AllowedNodes.ALL, new ServedFunctions());
    }

    private static String name(ListeningNode node) {
        return "'" + node.node().name() + "'";
    }

    @Test
    void eachHasItsNameItsFunctionsAndItsEnd() throws IOException {
        ServedFunctions functions = new ServedFunctions();
        ListeningNode alice = open(AllowedNodes.ALL, functions);
        try (ListeningNode bob = open()) {
            functions.expose("who", "am_i", 0, _ -> alice.node().name().toString(), MAPPER);
            assertThat(erlang.eval("erpc:call(" + name(alice) + ", who, am_i, [])"))
                    .isEqualTo("<<\"" + alice.node().name() + "\">>");
            assertThat(erlang.eval("rpc:call(" + name(bob) + ", who, am_i, [])"))
                    .startsWith("{badrpc,{'EXIT',{undef");
            assertThat(erlang.eval("monitor_node(" + name(alice) + ", true), ok"))
                    .isEqualTo("ok");
            alice.close();
            Await.until(
                    "the end of one",
                    () -> erlang.eval("lists:member(" + name(alice) + ", nodes(hidden))")
                            .equals("false"));
            assertThat(erlang.eval("lists:member(" + name(bob) + ", nodes(hidden))"))
                    .isEqualTo("true");
            assertThat(TestEpmd.names()).contains(bob.node().name().alive());
        } finally {
            alice.close();
        }
    }

    @Test
    void hundredsCostLittle() throws IOException {
        List<ListeningNode> nodes = new ArrayList<>();
        try {
            nodes.add(open());
            erlang.eval("net_adm:ping(" + name(nodes.getFirst()) + ")");
            long heapBefore = usedHeap();
            long directBefore = direct();
            int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
            long start = System.nanoTime();
            for (int i = 1; i < COUNT; i++) {
                nodes.add(open());
            }
            long opened = System.nanoTime();
            String names = nodes.stream().map(ManyNodesIT::name).collect(Collectors.joining(","));
            assertThat(erlang.eval("lists:usort([net_adm:ping(N) || N <- [" + names + "]])"))
                    .isEqualTo("[pong]");
            long connected = System.nanoTime();
            long heap = (usedHeap() - heapBefore) / (COUNT - 1);
            long direct = (direct() - directBefore) / (COUNT - 1);
            int threads = ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore;
            System.out.printf(
                    "%d nodes: opened in %d ms, connected in %d ms; each %d KiB of heap and %d KiB beside it;"
                            + " %d more platform threads%n",
                    COUNT,
                    (opened - start) / 1_000_000,
                    (connected - opened) / 1_000_000,
                    heap >> 10,
                    direct >> 10,
                    threads);
            assertThat(direct)
                    .as("bytes of buffers for a node with a connection")
                    .isLessThanOrEqualTo(16 << 10);
            assertThat(heap).as("bytes of heap for a node with a connection").isLessThan(256 << 10);
            assertThat(threads).as("platform threads for all of them").isLessThan(COUNT / 2);
        } finally {
            nodes.forEach(ListeningNode::close);
        }
        Await.until(
                "their names to be free", () -> TestEpmd.names().stream().noneMatch(name -> name.startsWith("extra")));
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void aNodeWithoutANameIsGivenOne() throws IOException {
        ServedFunctions functions = new ServedFunctions();
        functions.expose("who", "calls", 0, arguments -> arguments.caller(), MAPPER);
        try (ListeningNode node = open(AllowedNodes.ALL, functions);
                ErlangPeer nameless =
                        ErlangPeer.with().nameless().cookie(erlang.cookie()).start()) {
            assertThat(nameless.eval("net_kernel:connect_node(" + name(node) + ")"))
                    .isEqualTo("true");
            String given = nameless.eval("node()");
            assertThat(given).matches("'[0-9A-Z]+@.*'");
            assertThat(nameless.eval("binary_to_atom(erpc:call(" + name(node) + ", who, calls, [])) =:= node()"))
                    .isEqualTo("true");
        }
    }

    @Test
    void aNodeThatIsNotAllowedStaysOutside() throws IOException {
        try (ListeningNode closed = open(new AllowedNodes(List.of("backend*@*")), new ServedFunctions());
                ListeningNode open = open(new AllowedNodes(List.of("*@" + TestHost.NAME)), new ServedFunctions());
                ErlangPeer nameless =
                        ErlangPeer.with().nameless().cookie(erlang.cookie()).start()) {
            assertThat(erlang.eval("net_adm:ping(" + name(closed) + ")")).isEqualTo("pang");
            assertThat(erlang.eval("net_adm:ping(" + name(open) + ")")).isEqualTo("pong");
            assertThat(nameless.eval("net_kernel:connect_node(" + name(closed) + ")"))
                    .isEqualTo("false");
        }
    }
}
