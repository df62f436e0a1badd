package dev.pier.erlang.plugin;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.OpenedNode;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdLocator;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.epmd.StaticLocator;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.link.NodeThreads;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.node.ListeningNode;
import dev.pier.erlang.node.LocalNode;
import dev.pier.erlang.node.NodeSettings;
import dev.pier.erlang.plugin.ErlangSettings.Connect;
import dev.pier.erlang.plugin.ErlangSettings.PeerSettings;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.served.CallLimiter;
import dev.pier.erlang.served.ServedCalls;
import dev.pier.erlang.served.ServedFunctions;
import dev.pier.server.plugin.HealthCheck;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node with everything that belongs to it, from its start to its end. Made by the plugin; safe for many threads.
final class RunningNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunningNode.class);
    private static final Duration EPMD_READ_TIMEOUT = Duration.ofSeconds(5);

    private final ErlangSettings settings;
    private final NodeSettings nodeSettings;
    private final Optional<EpmdClient> epmd;
    private final NodeLocator locator;
    private final NodeThreads threads;
    private final ServedFunctions functions = new ServedFunctions();
    private final CallLimiter callThreads;
    private final ListeningNode own;
    private final SequencedMap<String, ListedPeer> peers = new LinkedHashMap<>();
    private final LongAdder droppedMessages = new LongAdder();

    private RunningNode(ErlangSettings settings) throws IOException {
        this.settings = settings;
        EpmdClient client = new EpmdClient(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), settings.epmd().port()),
                settings.connectTimeout(),
                EPMD_READ_TIMEOUT);
        this.nodeSettings = nodeSettings(settings);
        this.epmd = settings.epmd().enabled() ? Optional.of(client) : Optional.empty();
        this.locator = locator(settings, client);
        this.threads = NodeThreads.platform(settings.node().toString());
        this.callThreads = new CallLimiter(settings.maxServed());
        boolean opened = false;
        try {
            this.own = ListeningNode.open(
                    nodeSettings,
                    epmd,
                    locator,
                    threads,
                    node -> ServedCalls.start(node.processes(), functions, callThreads));
            opened = true;
        } finally {
            if (!opened) {
                threads.timer().shutdownNow();
            }
        }
    }

    /// @throws IOException if the node cannot be started, in a sentence
    static RunningNode start(ErlangSettings settings, MeterRegistry metrics) throws IOException {
        RunningNode running = new RunningNode(settings);
        boolean started = false;
        try {
            running.openPeers(metrics);
            running.measure(metrics);
            log.info(
                    "Erlang node {} is up{}",
                    running.own.node().name(),
                    running.own.port().map(port -> ", at port " + port).orElse(""));
            started = true;
            return running;
        } finally {
            if (!started) {
                running.close();
            }
        }
    }

    private static NodeSettings nodeSettings(ErlangSettings settings) throws IOException {
        return new NodeSettings(
                settings.node(),
                settings.listen(),
                settings.allowed(),
                new LinkSettings(
                        settings.cookie().read(),
                        settings.maxHandshakes(),
                        settings.connectTimeout(),
                        LinkSettings.DEFAULT_HANDSHAKE_TIMEOUT,
                        settings.maxCalls(),
                        settings.callHelper(),
                        settings.connection(),
                        settings.bulk()),
                settings.processes());
    }

    private static NodeLocator locator(ErlangSettings settings, EpmdClient epmd) {
        Map<NodeName, InetSocketAddress> addresses = new LinkedHashMap<>();
        for (PeerSettings peer : settings.peers().values()) {
            peer.address().ifPresent(address -> addresses.put(peer.node(), address));
        }
        return new StaticLocator(addresses, new EpmdLocator(epmd));
    }

    private void openPeers(MeterRegistry metrics) {
        settings.peers().forEach((name, peer) -> {
            PeerLink link = own.node().persistentLink(peer.node());
            peers.put(name, new ListedPeer(name, link, peer.call(), new PeerMetrics(name, link, metrics)));
            if (peer.connect() == Connect.EAGER) {
                link.connect();
            }
        });
    }

    private void measure(MeterRegistry metrics) {
        Gauge.builder("pier.erlang.processes", own.node().processes(), ProcessTable::count)
                .description("Processes of this node that live now")
                .register(metrics);
        Gauge.builder("pier.erlang.served.running", callThreads, CallLimiter::running)
                .description("Calls from Erlang that run now, over all nodes of the server")
                .register(metrics);
        Gauge.builder("pier.erlang.served.max", callThreads, CallLimiter::max)
                .description("Calls from Erlang that may run at once (setting erlang.limits.served)")
                .register(metrics);
        FunctionCounter.builder("pier.erlang.mailbox.dropped", droppedMessages, LongAdder::sum)
                .description("Messages that full mailboxes have dropped")
                .register(metrics);
    }

    /// The names of the peers in `server.conf`.
    Set<String> peerNames() {
        return Collections.unmodifiableSet(peers.keySet());
    }

    /// The node as one web application sees it; to be closed with the application.
    ///
    /// @param application its context path
    ErlangNode forApplication(String application) {
        return facade(application, own.node(), peers, functions, _ -> {});
    }

    private ApplicationNode facade(
            String application,
            LocalNode node,
            SequencedMap<String, ListedPeer> listed,
            ServedFunctions served,
            Consumer<OpenedNode> afterClose) {
        return new ApplicationNode(
                application,
                node,
                listed,
                served,
                settings.connection().decode(),
                settings.values(),
                settings.mailboxes(),
                droppedMessages,
                this::open,
                afterClose);
    }

    /// Opens another node, which shares all that nodes may share.
    private OpenedNode open(String alive, Consumer<OpenedNode> onClose) throws IOException {
        ServedFunctions served = new ServedFunctions();
        ListeningNode opened = ListeningNode.open(
                nodeSettings.withAlive(alive),
                epmd,
                locator,
                threads.virtual(),
                node -> ServedCalls.start(node.processes(), served, callThreads));
        SequencedMap<String, ListedPeer> listed = new LinkedHashMap<>();
        peers.forEach((name, peer) -> listed.put(
                name, new ListedPeer(name, opened.node().link(peer.link().name()), peer.options(), CallListener.NONE)));
        return facade(alive, opened.node(), listed, served, closed -> {
            opened.close();
            onClose.accept(closed);
        });
    }

    /// One check for each peer that is marked `required`.
    List<HealthCheck> readinessChecks() {
        List<HealthCheck> checks = new ArrayList<>();
        settings.peers().forEach((name, peer) -> {
            if (peer.required()) {
                checks.add(new PeerCheck(
                        "erlang/" + name,
                        Objects.requireNonNull(peers.get(name)).link()));
            }
        });
        return checks;
    }

    private record PeerCheck(String name, PeerLink link) implements HealthCheck {
        @Override
        public Result check() {
            return new Result(link.status().isConnected(), describe(link));
        }
    }

    /// For the admin port's `/status`.
    Object status() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("node", own.node().name().toString());
        own.port().ifPresent(port -> status.put("port", port));
        own.isRegistered().ifPresent(registered -> status.put("registeredAtEpmd", registered));
        own.refusals().filter(refused -> refused.count() > 0).ifPresent(refused -> {
            Map<String, Object> refusals = new LinkedHashMap<>();
            refusals.put("count", refused.count());
            refusals.put("last", refused.last());
            refusals.put("at", refused.at().toString());
            status.put("refusedConnections", refusals);
        });
        Map<String, Object> described = new LinkedHashMap<>();
        peers.forEach((name, peer) -> described.put(name, describe(peer.link())));
        status.put("peers", described);
        return status;
    }

    private static Map<String, Object> describe(PeerLink link) {
        PeerStatus status = link.status();
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("node", link.name().toString());
        description.put("state", status.state().name());
        description.put("since", status.since().toString());
        status.lastProblem().ifPresent(problem -> description.put("lastProblem", problem));
        link.current()
                .ifPresent(session ->
                        description.put("callHelper", session.callHelper().isPresent()));
        return description;
    }

    @Override
    public void close() {
        own.close();
        threads.timer().shutdownNow();
    }
}
