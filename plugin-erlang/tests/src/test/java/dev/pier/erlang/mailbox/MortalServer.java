package dev.pier.erlang.mailbox;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdLocator;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.link.AllowedNodes;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.link.NodeThreads;
import dev.pier.erlang.node.ListeningNode;
import dev.pier.erlang.node.NodeSettings;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.served.CallLimiter;
import dev.pier.erlang.served.ServedCalls;
import dev.pier.erlang.served.ServedFunctions;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// A Java process with a node that answers nobody, to be killed: a mailbox `silent`, and a function `java:sleeps/0`. It
/// says `up` when it can be reached, and ends with its standard input if nobody has killed it before.
final class MortalServer {
    private MortalServer() {}

    /// @param arguments the node's name before the `@`, EPMD's port, the cookie
    public static void main(String[] arguments) throws IOException {
        EpmdClient epmd = new EpmdClient(
                new InetSocketAddress(TestHost.address(), Integer.parseInt(arguments[1])),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5));
        NodeSettings settings = new NodeSettings(
                new NodeName(arguments[0], TestHost.NAME),
                Optional.of(new InetSocketAddress(TestHost.address(), 0)),
                AllowedNodes.ALL,
                LinkSettings.of(Cookie.of(arguments[2])).withBatching(BatchingMode.NEVER),
                ProcessLimits.DEFAULT);
        ServedFunctions functions = new ServedFunctions();
        functions.expose(
                "java",
                "sleeps",
                0,
                _ -> {
                    Thread.sleep(Duration.ofHours(1));
                    return null;
                },
                new EtfValueMapper());
        NodeThreads threads = NodeThreads.platform(arguments[0]);
        try (ListeningNode node = ListeningNode.open(
                        settings,
                        Optional.of(epmd),
                        new EpmdLocator(epmd),
                        threads,
                        it -> ServedCalls.start(it.processes(), functions, new CallLimiter(100)));
                NodeProcesses processes = new NodeProcesses(
                        node.node().processes(),
                        new EtfValueMapper(),
                        MailboxSettings.DEFAULT,
                        new LongAdder(),
                        "mortal")) {
            processes.mailbox("silent");
            System.out.println("up");
            while (System.in.read() >= 0) {
                // Until whoever started it has gone.
            }
        } finally {
            threads.timer().shutdownNow();
        }
    }
}
