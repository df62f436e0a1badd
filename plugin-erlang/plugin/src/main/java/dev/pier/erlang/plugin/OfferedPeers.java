package dev.pier.erlang.plugin;

import dev.pier.erlang.Peer;
import dev.pier.erlang.metrics.ErlangMetrics;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.peer.RequiredNodes;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.PluginReload;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The peers of the running node, as the server offers them: injectable objects, readiness checks and
/// metrics. Follows a changed section `erlang.peers`.
///
/// *Threads.* One at a time, as the server calls the plugin; [#isUsedBy] is for any thread.
final class OfferedPeers {
    private static final Logger log = LoggerFactory.getLogger(OfferedPeers.class);

    private static final String KEYS = "erlang.peers.";

    private final NodeRuntime node;
    private final PluginContext context;
    private final ErlangMetrics metrics;
    private final Set<String> bound = new HashSet<>();
    private final Map<String, ErlangStatus.PeerCheck> checks = new HashMap<>();

    /// What has to be restarted before a peer can be removed, by the peer's name.
    private final Map<String, String> users = new ConcurrentHashMap<>();

    private OfferedPeers(NodeRuntime node, PluginContext context, ErlangMetrics metrics) {
        this.node = node;
        this.context = context;
        this.metrics = metrics;
    }

    /// @param metrics of the node
    static OfferedPeers of(ErlangSettings settings, NodeRuntime node, PluginContext context, ErlangMetrics metrics) {
        OfferedPeers offered = new OfferedPeers(node, context, metrics);
        offered.follow(settings.required());
        settings.mounts().forEach(mount -> offered.isUsedBy(mount.peer(), "the mount " + mount.path()));
        return offered;
    }

    /// Remembers a use that ends with the server only.
    void isUsedBy(String peer, String user) {
        users.put(peer, user);
    }

    /// Offers the peers that the node has now, and no others.
    private void follow(Map<String, RequiredNodes> required) {
        Set<String> now = node.peerNames();
        for (String peer : now) {
            if (bound.add(peer)) {
                context.bindPerApplication(
                        name(peer), Peer.class, path -> node.scope(path).peer(peer));
            }
        }
        bound.removeIf(peer -> {
            boolean gone = !now.contains(peer);
            if (gone) {
                context.unbind(name(peer));
            }
            return gone;
        });
        Map<String, ErlangStatus.PeerCheck> next = new LinkedHashMap<>();
        required.forEach(
                (peer, nodes) -> next.put(peer, new ErlangStatus.PeerCheck(name(peer), node.group(peer), nodes)));
        checks.forEach((peer, check) -> {
            if (!check.equals(next.get(peer))) {
                context.removeReadinessCheck(check);
            }
        });
        next.forEach((peer, check) -> {
            if (!check.equals(checks.put(peer, check))) {
                context.readinessCheck(check);
            }
        });
        checks.keySet().retainAll(next.keySet());
        metrics.follow(node);
    }

    /// The name of a peer for applications and settings.
    static String name(String peer) {
        return "erlang/" + peer;
    }

    /// Checks the peers of a changed section, and changes nothing.
    ///
    /// @return empty if they cannot be taken up without a restart
    /// @throws IOException if a cookie cannot be read
    /// @throws IllegalStateException if a peer is gone that something needs until a restart
    Optional<PluginReload> reload(ErlangSettings next) throws IOException {
        boolean tls = next.builder().settings().tls() != null;
        if (tls != (node.tls() != null)) {
            log.warn("No change of erlang.peers is taken up, because erlang.tls has come or gone: restart");
            return Optional.empty();
        }
        Set<String> names = next.builder().settings().peers().keySet();
        for (String peer : node.peerNames()) {
            String user = users.get(peer);
            if (user != null && !names.contains(peer)) {
                throw new IllegalStateException(
                        "the peer '" + peer + "' cannot be removed without a restart: " + user + " uses it");
            }
        }
        Runnable change = node.prepare(next.builder());
        return Optional.of(new PluginReload() {
            @Override
            public boolean takesUp(String key) {
                return key.startsWith(KEYS);
            }

            @Override
            public void apply() {
                change.run();
                follow(next.required());
            }
        });
    }
}
