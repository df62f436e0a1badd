package dev.pier.erlang.plugin;

import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.link.NodeListener;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.node.LocalNode;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.peer.PeerGroup;
import dev.pier.server.plugin.HealthCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
        erlang.peerNames().forEach(name -> peers.put(name, describe(erlang.group(name))));
        status.put("peers", peers);
        return status;
    }

    /// Whether a peer is connected.
    record PeerCheck(String name, PeerGroup group, Required required) implements HealthCheck {
        @Override
        public Result check() {
            List<PeerStatus> nodes =
                    group.links().stream().map(PeerLink::status).toList();
            boolean up = switch (required.plain()) {
                case ALL -> !nodes.isEmpty() && nodes.stream().allMatch(PeerStatus::isConnected);
                case ANY -> nodes.stream().anyMatch(status -> status.state() == PeerStatus.State.CONNECTED);
                case NONE, TRUE, FALSE -> true;
            };
            return new Result(up, describe(group));
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

    /// A peer of one node is described as that node.
    private static Map<String, Object> describe(PeerGroup group) {
        List<PeerLink> links = group.links();
        if (links.size() == 1) {
            return describe(links.getFirst());
        }
        Map<String, Object> description = new LinkedHashMap<>();
        boolean connected = links.stream().anyMatch(PeerLink::isConnected);
        description.put("state", connected ? PeerStatus.State.CONNECTED.name() : PeerStatus.State.WAITING.name());
        description.put(
                "balance", group.balance().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (!group.problem().isEmpty()) {
            description.put("lastProblem", group.problem());
        }
        description.put("nodes", links.stream().map(ErlangStatus::describe).toList());
        return description;
    }

    private static Map<String, Object> describe(PeerLink link) {
        PeerStatus status = link.status();
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("node", link.name().toString());
        description.put("state", status.state().name());
        description.put("since", status.since().toString());
        status.lastProblem().ifPresent(problem -> description.put("lastProblem", problem));
        description.put("calls", link.gate().running());
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
