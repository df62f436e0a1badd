package dev.pier.spring.boot;

import dev.pier.erlang.node.NodeRuntime;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether the threads run that all calls depend on.
///
/// @param node the node of the application
record NodeHealth(NodeRuntime node) implements HealthIndicator {
    @Override
    public Health health() {
        List<String> stopped = node.stoppedThreads();
        Health.Builder health = stopped.isEmpty()
                ? Health.up()
                : Health.down().withDetail("problem", "ended or stuck: " + String.join(", ", stopped));
        return health.withDetail("node", node.name()).build();
    }
}
