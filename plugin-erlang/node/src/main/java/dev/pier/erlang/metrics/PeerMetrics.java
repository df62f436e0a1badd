package dev.pier.erlang.metrics;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.CallStats;
import dev.pier.erlang.connection.TrafficTotals;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.peer.PeerGroup;
import dev.pier.erlang.trace.Outcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The metrics of one peer: the connection to each node, and each call by its node and outcome. Safe for many
/// threads.
final class PeerMetrics implements CallListener {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(250_000), Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(25),
        Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(5)
    };

    /// For calls that have reached no node, and for servers that are called by pid.
    private static final String NO_NODE = "";

    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<String, Map<String, Timer>> calls = new ConcurrentHashMap<>();
    private final Map<String, List<Meter>> nodes = new ConcurrentHashMap<>();
    private final CallStats recent = new CallStats();

    /// Whether the peer was removed: then its calls, which all fail, make no new meters.
    private volatile boolean over;

    /// @param name the peer's name in the settings
    PeerMetrics(String name, MeterRegistry registry) {
        this.registry = registry;
        this.tags = Tags.of("peer", name);
    }

    /// Registers the meters of the connections to the peer's nodes, now and when they change.
    void measure(PeerGroup group) {
        over = false;
        group.observe(this::follow);
    }

    /// Removes all meters, until [#measure].
    void end() {
        over = true;
        nodes.keySet().forEach(this::forget);
        calls.keySet().forEach(this::forget);
    }

    private void follow(List<PeerLink> links) {
        Set<String> present = links.stream().map(PeerLink::toString).collect(Collectors.toSet());
        for (PeerLink link : links) {
            nodes.computeIfAbsent(link.toString(), node -> meters(link, tags.and("node", node)));
        }
        for (String node : nodes.keySet()) {
            if (!present.contains(node)) {
                forget(node);
            }
        }
    }

    private void forget(String node) {
        List<Meter> meters = nodes.remove(node);
        if (meters != null) {
            meters.forEach(registry::remove);
        }
        Map<String, Timer> timers = calls.remove(node);
        if (timers != null) {
            timers.values().forEach(registry::remove);
        }
    }

    private List<Meter> meters(PeerLink link, Tags its) {
        // Present from the start, so that a rate includes the first call.
        Timer _ = timer(link.toString(), "ok");
        return List.of(
                Gauge.builder("pier.erlang.connected", link, l -> l.isConnected() ? 1 : 0)
                        .description("Whether the node is connected: 1 or 0")
                        .tags(its)
                        .register(registry),
                Gauge.builder("pier.erlang.draining", link, l -> l.gate().isDraining() ? 1 : 0)
                        .description("Whether the node takes no new calls: 1 or 0")
                        .tags(its)
                        .register(registry),
                Gauge.builder(
                                "pier.erlang.queue.depth",
                                link,
                                l -> l.current()
                                        .map(s -> s.connection().queueDepth())
                                        .orElse(0))
                        .description("Signals that wait to be written to the node")
                        .tags(its)
                        .register(registry),
                Gauge.builder(
                                "pier.erlang.calls.active",
                                link,
                                l -> l.current()
                                        .map(session -> session.pendingReplies().count())
                                        .orElse(0))
                        .description("Calls that wait for the node")
                        .tags(its)
                        .register(registry),
                bytes(link, "in", TrafficTotals::bytesIn, its),
                bytes(link, "out", TrafficTotals::bytesOut, its),
                FunctionCounter.builder(
                                "pier.erlang.reconnects", link, l -> l.totals().reconnects())
                        .description("How often a lost connection has come back")
                        .tags(its)
                        .register(registry));
    }

    private Meter bytes(PeerLink link, String direction, ToDoubleFunction<TrafficTotals> count, Tags its) {
        return FunctionCounter.builder("pier.erlang.bytes", link, l -> count.applyAsDouble(l.totals()))
                .description("Bytes over the node's connections")
                .baseUnit("bytes")
                .tags(its.and("direction", direction))
                .register(registry);
    }

    @Override
    public void ended(@Nullable ErlangException failure, long nanos) {
        ended(null, failure, nanos);
    }

    @Override
    public void ended(@Nullable String node, @Nullable ErlangException failure, long nanos) {
        if (!over) {
            timer(node == null ? NO_NODE : node, Outcome.of(failure)).record(nanos, TimeUnit.NANOSECONDS);
        }
        recent.ended(failure, nanos);
    }

    @Override
    public PeerCalls seen() {
        return recent.seen();
    }

    private Timer timer(String node, String outcome) {
        return calls.computeIfAbsent(node, _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(
                        outcome,
                        o -> Timer.builder("pier.erlang.calls")
                                .description("Calls to the peer by node and outcome")
                                .tags(tags.and("node", node, "outcome", o))
                                .serviceLevelObjectives(BUCKETS)
                                .register(registry));
    }
}
