package dev.pier.erlang.plugin;

import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.served.CallLimiter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

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
        FunctionCounter.builder("pier.erlang.mailbox.dropped", erlang, NodeRuntime::droppedMessages)
                .description("Messages that full mailboxes have dropped")
                .register(registry);
    }
}
