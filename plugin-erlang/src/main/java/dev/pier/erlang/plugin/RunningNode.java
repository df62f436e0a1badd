package dev.pier.erlang.plugin;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdLocator;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.epmd.StaticLocator;
import dev.pier.erlang.node.EpmdPresence;
import dev.pier.erlang.node.LocalNode;
import dev.pier.erlang.node.NodeListener;
import dev.pier.erlang.node.NodeSettings;
import dev.pier.erlang.node.PeerLink;
import dev.pier.erlang.node.Processes;
import dev.pier.erlang.plugin.ErlangSettings.Connect;
import dev.pier.erlang.plugin.ErlangSettings.PeerSettings;
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
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node with everything that belongs to it, from its start to its end. Made by the plugin; safe for many threads.
final class RunningNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunningNode.class);
    private static final Duration EPMD_READ_TIMEOUT = Duration.ofSeconds(5);

    private final ErlangSettings settings;
    private final LocalNode node;
    private final @Nullable NodeListener listener;
    private final @Nullable EpmdPresence presence;
    private final SequencedMap<String, ListedPeer> peers = new LinkedHashMap<>();
    private final LongAdder droppedMessages = new LongAdder();

    private RunningNode(
            ErlangSettings settings, LocalNode node, @Nullable NodeListener listener, @Nullable EpmdPresence presence) {
        this.settings = settings;
        this.node = node;
        this.listener = listener;
        this.presence = presence;
    }

    /// @throws IOException if the node cannot be started, in a sentence
    static RunningNode start(ErlangSettings settings, MeterRegistry metrics) throws IOException {
        // What has been opened must be closed again if a later step fails; what was opened last goes first.
        List<AutoCloseable> opened = new ArrayList<>();
        boolean started = false;
        try {
            EpmdClient epmd = new EpmdClient(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), settings.epmd().port()),
                    settings.connectTimeout(),
                    EPMD_READ_TIMEOUT);
            NodeListener listener = null;
            EpmdPresence presence = null;
            if (settings.listen().isPresent()) {
                listener = NodeListener.bind(settings.listen().get());
                opened.addFirst(listener);
                if (settings.epmd().enabled()) {
                    presence = new EpmdPresence(epmd, settings.node().alive(), listener.port());
                    opened.addFirst(presence);
                }
            }
            LocalNode node = new LocalNode(
                    nodeSettings(settings),
                    presence == null ? EpmdPresence.randomCreation() : presence.creation(),
                    locator(settings, epmd));
            opened.addFirst(node);
            RunningNode running = new RunningNode(settings, node, listener, presence);
            running.openPeers(metrics);
            running.measure(metrics);
            if (listener != null) {
                listener.start(node);
            }
            log.info("Erlang node {} is up{}", node.name(), listener == null ? "" : ", at port " + listener.port());
            started = true;
            return running;
        } finally {
            if (!started) {
                closeAll(opened);
            }
        }
    }

    private static NodeSettings nodeSettings(ErlangSettings settings) throws IOException {
        return new NodeSettings(
                settings.node(),
                settings.cookie().read(),
                settings.listen(),
                settings.maxHandshakes(),
                settings.connectTimeout(),
                NodeSettings.HANDSHAKE_STEP,
                settings.maxCalls(),
                settings.connection());
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
            PeerLink link = node.persistentLink(peer.node());
            peers.put(name, new ListedPeer(name, link, peer.call(), new PeerMetrics(name, link, metrics)));
            if (peer.connect() == Connect.EAGER) {
                link.connect();
            }
        });
    }

    private void measure(MeterRegistry metrics) {
        Gauge.builder("pier.erlang.processes", node.processes(), Processes::count)
                .description("Processes of this node that live now")
                .register(metrics);
        FunctionCounter.builder("pier.erlang.mailbox.dropped", droppedMessages, LongAdder::sum)
                .description("Messages that full mailboxes have dropped")
                .register(metrics);
    }

    /// The names of the peers in `server.conf`.
    Set<String> peerNames() {
        return Collections.unmodifiableSet(peers.keySet());
    }

    /// The node as one web application sees it.
    ErlangNode forApplication() {
        return new ApplicationNode(node, peers, settings.connection().decode(), settings.mailboxes(), droppedMessages);
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
        status.put("node", node.name().toString());
        if (listener != null) {
            status.put("port", listener.port());
        }
        if (presence != null) {
            status.put("registeredAtEpmd", presence.isRegistered());
        }
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
        return description;
    }

    @Override
    public void close() {
        List<AutoCloseable> closing = new ArrayList<>();
        if (presence != null) {
            closing.add(presence);
        }
        if (listener != null) {
            closing.add(listener);
        }
        closing.add(node);
        closeAll(closing);
    }

    private static void closeAll(List<AutoCloseable> closing) {
        for (AutoCloseable resource : closing) {
            try {
                resource.close();
            } catch (Exception e) {
                log.warn("Closing {} failed", resource, e);
            }
        }
    }
}
