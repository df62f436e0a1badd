package dev.pier.erlang.plugin;

import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.link.NodeListener;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.node.LocalNode;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.server.plugin.HealthCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the admin port shows of a node: its part of `/status`, and the checks.
final class ErlangStatus {
    private ErlangStatus() {}

    /// The node's part of `/status`.
    static Object of(NodeRuntime erlang) {
        LocalNode node = erlang.local();
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("node", erlang.name());
        putIfKnown(status, "port", node.port());
        putIfKnown(status, "registeredAtEpmd", node.isRegistered());
        NodeListener.Refusals refused = node.refusals();
        if (refused != null && refused.count() > 0) {
            Map<String, Object> refusals = new LinkedHashMap<>();
            refusals.put("count", refused.count());
            refusals.put("last", refused.last());
            refusals.put("at", refused.at().toString());
            status.put("refusedConnections", refusals);
        }
        Map<String, Object> peers = new LinkedHashMap<>();
        erlang.peerNames().forEach(name -> peers.put(name, describe(erlang.link(name))));
        status.put("peers", peers);
        return status;
    }

    /// Whether a peer is connected.
    record PeerCheck(String name, PeerLink link) implements HealthCheck {
        @Override
        public Result check() {
            return new Result(link.status().isConnected(), describe(link));
        }
    }

    /// Whether the threads run that all calls depend on.
    record ThreadsCheck(NodeRuntime erlang) implements HealthCheck {
        @Override
        public String name() {
            return "erlang";
        }

        @Override
        public Result check() {
            List<String> stopped = erlang.stoppedThreads();
            return stopped.isEmpty()
                    ? new Result(true, Map.of())
                    : new Result(false, Map.of("problem", "ended or stuck: " + String.join(", ", stopped)));
        }
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
                        description.put("callHelper", session.batcher().isPresent()));
        return description;
    }

    private static void putIfKnown(Map<String, Object> status, String key, @Nullable Object value) {
        if (value != null) {
            status.put(key, value);
        }
    }
}
