package dev.pier.erlang.metrics;

import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.served.CallLimiter;
import dev.pier.erlang.transport.Tls;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;

/// The meters of the node itself.
final class NodeMetrics {
    private NodeMetrics() {}

    static void register(NodeRuntime erlang, MeterRegistry registry) {
        Gauge.builder("pier.erlang.processes", erlang.local().processes(), ProcessTable::count)
                .description("Live processes of this node")
                .register(registry);
        Gauge.builder("pier.erlang.served.running", erlang.callLimiter(), CallLimiter::running)
                .description("Calls from Erlang that are running, over all nodes of the server")
                .register(registry);
        Gauge.builder("pier.erlang.served.max", erlang.callLimiter(), CallLimiter::max)
                .description("Calls from Erlang that may run at once for one peer (setting erlang.limits.served)")
                .register(registry);
        Tls tls = erlang.tls();
        if (tls != null && tls.status() != null) {
            Gauge.builder("pier.erlang.tls.expiry", tls, NodeMetrics::secondsToExpiry)
                    .description("Time until the TLS certificate of this node expires; negative once it has")
                    .baseUnit("seconds")
                    .register(registry);
        }
        FunctionCounter.builder("pier.erlang.mailbox.dropped", erlang, NodeRuntime::droppedMessages)
                .description("Messages that full mailboxes have dropped")
                .register(registry);
    }

    private static double secondsToExpiry(Tls tls) {
        Tls.Status status = tls.status();
        return status == null
                ? Double.NaN
                : Duration.between(Instant.now(), status.expires()).toSeconds();
    }
}
