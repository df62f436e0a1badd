package dev.pier.erlang.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Arguments;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.OpenedNode;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nodes beside the server's own, and which nodes they let in.
class ManyNodesIT {
    private static final int COUNT = 300;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static NodeRuntime runtime;

    @BeforeAll
    static void start() throws IOException {
        runtime = TestNode.builder(erlang.cookie()).start();
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    private static OpenedNode open() throws IOException {
        return runtime.open(TestHost.uniqueName("extra"));
    }

    private static NodeRuntime allowing(String pattern) throws IOException {
        return TestNode.builder(erlang.cookie()).allow(List.of(pattern)).start();
    }

    private static String name(ErlangNode node) {
        return "'" + node.name() + "'";
    }

    @Test
    void eachHasItsNameItsFunctionsAndItsEnd() throws IOException {
        OpenedNode alice = open();
        try (OpenedNode bob = open()) {
            alice.expose("who", "am_i", 0, _ -> alice.name());
            assertThat(erlang.eval("erpc:call(" + name(alice) + ", who, am_i, [])"))
                    .isEqualTo("<<\"" + alice.name() + "\">>");
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
            assertThat(TestEpmd.names())
                    .contains(bob.name().substring(0, bob.name().indexOf('@')));
        } finally {
            alice.close();
        }
    }

    @Test
    void hundredsCostLittle() throws IOException {
        List<OpenedNode> nodes = new ArrayList<>();
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
            nodes.forEach(OpenedNode::close);
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
        try (OpenedNode node = open();
                ErlangPeer nameless =
                        ErlangPeer.with().nameless().cookie(erlang.cookie()).start()) {
            node.expose("who", "calls", 0, Arguments::caller);
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
        try (NodeRuntime closed = allowing("backend*@*");
                NodeRuntime open = allowing("*@" + TestHost.NAME);
                ErlangPeer nameless =
                        ErlangPeer.with().nameless().cookie(erlang.cookie()).start()) {
            assertThat(erlang.eval("net_adm:ping(" + name(closed) + ")")).isEqualTo("pang");
            assertThat(erlang.eval("net_adm:ping(" + name(open) + ")")).isEqualTo("pong");
            assertThat(nameless.eval("net_kernel:connect_node(" + name(closed) + ")"))
                    .isEqualTo("false");
        }
    }
}
