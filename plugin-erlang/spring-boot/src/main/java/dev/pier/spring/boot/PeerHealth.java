package dev.pier.spring.boot;

import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.peer.RequiredNodes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether as many nodes of a peer are connected as its property `required` says. The health is unknown before
/// the first use of a peer that is connected then.
///
/// @param peer the peer
/// @param required how many of its nodes must be connected
record PeerHealth(Peer peer, RequiredNodes required) implements HealthIndicator {
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
