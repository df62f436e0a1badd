package dev.pier.erlang.metrics;

import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The meters of a node and its peers. [#observe] before the node starts, [#register] afterwards.
///
/// *Threads.* Both methods are for the thread that starts the node.
public final class ErlangMetrics {
    private final MeterRegistry registry;
    private final Map<String, PeerMetrics> peers = new ConcurrentHashMap<>();

    public ErlangMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /// Lets the node that the builder starts report its calls.
    public void observe(NodeBuilder builder) {
        builder.callListeners(peer -> peers.computeIfAbsent(peer, name -> new PeerMetrics(name, registry)));
    }

    /// Registers the meters of the node, and of the connections to its peers.
    public void register(NodeRuntime erlang) {
        peers.forEach((peer, its) -> its.measure(erlang.group(peer)));
        NodeMetrics.register(erlang, registry);
    }
}
