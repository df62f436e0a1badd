package dev.pier.spring.boot;

import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.peer.RequiredNodes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// The health of the node and of its peers.
final class ErlangHealth {
    private ErlangHealth() {}

    /// Whether the threads run that all calls depend on.
    ///
    /// @param node the node of the application
    record OfNode(NodeRuntime node) implements HealthIndicator {
        @Override
        public Health health() {
            List<String> stopped = node.stoppedThreads();
            Health.Builder health = stopped.isEmpty()
                    ? Health.up()
                    : Health.down().withDetail("problem", "ended or stuck: " + String.join(", ", stopped));
            return health.withDetail("node", node.name()).build();
        }
    }

    /// Whether as many nodes of a peer are connected as its property `required` says. The health is unknown before
    /// the first use of a peer that is connected then.
    ///
    /// @param peer the peer
    /// @param required how many of its nodes must be connected
    record OfPeer(Peer peer, RequiredNodes required) implements HealthIndicator {
        @Override
        public Health health() {
            List<PeerStatus> nodes = peer.nodes();
            Map<String, Object> states = new LinkedHashMap<>();
            nodes.forEach(node -> states.put(node.node(), describe(node)));
            return status(nodes).withDetails(states).build();
        }

        private Health.Builder status(List<PeerStatus> nodes) {
            if (required.areConnected(nodes)) {
                return Health.up();
            }
            boolean unused = !nodes.isEmpty() && nodes.stream().allMatch(node -> node.state() == PeerStatus.State.IDLE);
            return unused ? Health.unknown() : Health.down();
        }

        private static Map<String, Object> describe(PeerStatus node) {
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("state", node.state().name());
            description.put("since", node.since().toString());
            node.lastProblem().ifPresent(problem -> description.put("lastProblem", problem));
            return description;
        }
    }
}
