package dev.pier.erlang.plugin;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.RemoteThrow;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.UnsupportedByPeer;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.CallStats;
import dev.pier.erlang.link.PeerLink;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What is measured of one peer: its connection, and each call by its outcome. Safe for many threads.
final class PeerMetrics implements CallListener {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(250_000), Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(25),
        Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(5)
    };

    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<String, Timer> calls = new ConcurrentHashMap<>();
    private final CallStats recent = new CallStats();

    /// @param name the peer's name in `server.conf`
    PeerMetrics(String name, MeterRegistry registry) {
        this.registry = registry;
        this.tags = Tags.of("peer", name);
        // Present from the start, so that a rate includes the first call.
        timer("ok");
    }

    /// Registers the meters of the peer's connection.
    void measure(PeerLink link) {
        Gauge.builder("pier.erlang.connected", link, l -> l.current().isPresent() ? 1 : 0)
                .description("Whether the peer is connected: 1 or 0")
                .tags(tags)
                .register(registry);
        Gauge.builder(
                        "pier.erlang.queue.depth",
                        link,
                        l -> l.current().map(s -> s.connection().queueDepth()).orElse(0))
                .description("Signals that wait to be written to the peer")
                .tags(tags)
                .register(registry);
        Gauge.builder(
                        "pier.erlang.calls.active",
                        link,
                        l -> l.current()
                                .map(session -> session.pendingReplies().count())
                                .orElse(0))
                .description("Calls that wait for the peer")
                .tags(tags)
                .register(registry);
        FunctionCounter.builder("pier.erlang.bytes", link, PeerLink::bytesIn)
                .description("Bytes over the peer's connections")
                .baseUnit("bytes")
                .tags(tags.and("direction", "in"))
                .register(registry);
        FunctionCounter.builder("pier.erlang.bytes", link, PeerLink::bytesOut)
                .description("Bytes over the peer's connections")
                .baseUnit("bytes")
                .tags(tags.and("direction", "out"))
                .register(registry);
        FunctionCounter.builder("pier.erlang.reconnects", link, PeerLink::reconnects)
                .description("How often a lost connection has come back")
                .tags(tags)
                .register(registry);
    }

    @Override
    public void ended(@Nullable ErlangException failure, long nanos) {
        timer(outcome(failure)).record(nanos, TimeUnit.NANOSECONDS);
        recent.ended(failure, nanos);
    }

    @Override
    public PeerCalls seen() {
        return recent.seen();
    }

    private Timer timer(String outcome) {
        return calls.computeIfAbsent(
                outcome,
                o -> Timer.builder("pier.erlang.calls")
                        .description("Calls to the peer by outcome")
                        .tags(tags.and("outcome", o))
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry));
    }

    private static String outcome(@Nullable ErlangException failure) {
        return switch (failure) {
            case null -> "ok";
            case RemoteThrow _ -> "throw";
            case RemoteExit _ -> "exit";
            case RemoteError _, ReturnedError _ -> "error";
            case CallTimeout _ -> "timeout";
            case CallCancelled _ -> "cancelled";
            case ConnectionLost _ -> "connection_lost";
            case NotConnected _ -> "not_connected";
            case Overloaded _ -> "overloaded";
            case UnsupportedByPeer _ -> "unsupported";
            case BadArgument _ -> "bad_argument";
            case ProcessEnded _ -> "process_ended";
            case MalformedTerm _, UnexpectedTerm _ -> "malformed";
        };
    }
}
