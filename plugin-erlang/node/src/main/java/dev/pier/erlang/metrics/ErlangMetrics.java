package dev.pier.erlang.metrics;

import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The meters of a node and its peers. [#observe] before the node starts, [#register] afterwards.
///
/// *Threads.* All methods are for one thread at a time.
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
        follow(erlang);
        NodeMetrics.register(erlang, registry);
    }

    /// Registers the meters of the peers that the node has now, and removes those of others.
    public void follow(NodeRuntime erlang) {
        Set<String> now = erlang.peerNames();
        peers.forEach((peer, its) -> {
            if (now.contains(peer)) {
                its.measure(erlang.group(peer));
            } else {
                its.end();
            }
        });
    }
}
