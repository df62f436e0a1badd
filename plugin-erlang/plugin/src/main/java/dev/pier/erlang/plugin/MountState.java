package dev.pier.erlang.plugin;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.NodeReply;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.servlet.mount.Gateway;
import dev.pier.erlang.servlet.mount.MountObserver;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Tuple;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the functions of a mount are on its peer, and how often the mount was requested.
///
/// The peer is asked when one of its nodes comes up, and at most every few seconds by requests to a failed
/// mount, so that a module which is loaded later serves without a restart.
///
/// *Threads.* Safe for all threads; [#check] blocks, one look at a time.
final class MountState implements MountObserver {
    private static final Logger log = LoggerFactory.getLogger(MountState.class);

    private static final Duration RETRY = Duration.ofSeconds(2);

    enum State {
        /// No node of the peer has been asked yet.
        WAITING,
        /// The functions are there on at least one node.
        SERVING,
        /// The functions are missing on all nodes that were asked. Requests get 503.
        FAILED
    }

    /// @param good the nodes to which requests are restricted, because others lack something; empty for all
    private record Now(State state, String reason, Instant since, List<String> good) {}

    private final MountSettings settings;
    private final Peer peer;
    private final Runnable load;
    private final MeterRegistry metrics;
    private final Map<Integer, Counter> counters = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable CompletableFuture<Void>> running = new AtomicReference<>();
    private final AtomicLong nextTry = new AtomicLong(System.nanoTime());
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Now now = new Now(State.WAITING, "", Instant.now(), List.of());

    /// @param load brings Pier's own modules to the peer, where the operator allows it
    MountState(MountSettings settings, Peer peer, Runnable load, MeterRegistry metrics) {
        this.settings = settings;
        this.peer = peer;
        this.load = load;
        this.metrics = metrics;
    }

    /// Whether the mount's peer has a node.
    boolean isOn(String node) {
        return peer.nodes().stream().map(PeerStatus::node).anyMatch(node::equals);
    }

    @Override
    public Optional<String> failure() {
        Now seen = now;
        if (seen.state() == State.WAITING) {
            if (!peer.ping()) {
                return Optional.of("the peer is not connected");
            }
            awaitFirst();
            seen = now;
        }
        if (seen.state() == State.FAILED) {
            if (isDue()) {
                check();
                seen = now;
            }
            return seen.state() == State.FAILED ? Optional.of(seen.reason()) : Optional.empty();
        }
        if (!seen.good().isEmpty() && isDue()) {
            // The nodes that lack something are asked again beside the requests.
            Thread _ = Thread.ofVirtual().name("mount " + settings.path()).start(this::check);
        }
        return Optional.empty();
    }

    /// Whether it is time to ask again; true for one request at a time.
    private boolean isDue() {
        long time = System.nanoTime();
        long due = nextTry.get();
        return time - due >= 0 && nextTry.compareAndSet(due, time + RETRY.toNanos());
    }

    /// While some nodes lack the functions, requests go to the others in turn.
    @Override
    public Peer choose(Peer whole) {
        List<String> good = now.good();
        if (good.isEmpty()) {
            return whole;
        }
        List<String> connected = whole.nodes().stream()
                .filter(PeerStatus::isConnected)
                .map(PeerStatus::node)
                .filter(good::contains)
                .toList();
        return connected.isEmpty()
                ? whole
                : whole.on(connected.get(Math.floorMod(turn.getAndIncrement(), connected.size())));
    }

    @Override
    public void answered(int status) {
        counters.computeIfAbsent(
                        status,
                        it -> Counter.builder("pier.erlang.mount.requests")
                                .description("Requests to mounts by path and status")
                                .tag("mount", settings.path())
                                .tag("status", Integer.toString(it))
                                .register(metrics))
                .increment();
    }

    /// The first requests wait until a connected peer has been asked.
    private void awaitFirst() {
        CompletableFuture<Void> other = running.get();
        if (other != null) {
            other.join();
        }
        if (now.state() == State.WAITING) {
            check();
        }
    }

    /// Asks the nodes of the peer that are connected whether they have the functions, in a look that begins
    /// now.
    void check() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        for (CompletableFuture<Void> other = running.compareAndExchange(null, mine);
                other != null;
                other = running.compareAndExchange(null, mine)) {
            // Bounded, as the calls of a look are.
            other.join();
        }
        nextTry.set(System.nanoTime() + RETRY.toNanos());
        try {
            load.run();
            settle(missing());
        } catch (ErlangException e) {
            log.debug("Cannot ask {} for {}: {}", peer.name(), settings.gateway(), e.getMessage());
        } finally {
            running.set(null);
            mine.complete(null);
        }
    }

    /// The missing functions of each node; an empty text for a node that has all. Unreachable nodes are left out.
    private Map<String, String> missing() {
        Map<String, String> missing = new LinkedHashMap<>();
        for (String module : settings.gateway().modules()) {
            for (NodeReply reply : peer.callAll("code", "ensure_loaded", Atom.of(module))) {
                note(reply, missing, problemOf(module, reply));
            }
        }
        for (Gateway.Needed needed : settings.gateway().needed()) {
            for (NodeReply reply : peer.callAll(
                    "erlang",
                    "function_exported",
                    Atom.of(needed.module()),
                    Atom.of(needed.function()),
                    needed.arity())) {
                boolean there = reply.failure().isEmpty() && reply.reply().as(boolean.class);
                note(reply, missing, there ? "" : needed + " does not exist");
            }
        }
        settings.gateway().check().ifPresent(check -> {
            Set<String> complete = missing.entrySet().stream()
                    .filter(it -> it.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            for (NodeReply reply : peer.callAll(
                    check.module(), check.function(), check.arguments().toArray())) {
                if (complete.contains(reply.node())) {
                    note(reply, missing, problemOf(reply));
                }
            }
        });
        return missing;
    }

    /// The reason in `{error, Text}`.
    private static String problemOf(NodeReply reply) {
        return reply.failure().isEmpty()
                        && reply.reply().term() instanceof Tuple answer
                        && answer.is(Atom.ERROR, 2)
                        && answer.get(1) instanceof Binary text
                ? text.utf8().orElse("unknown")
                : "";
    }

    private static String problemOf(String module, NodeReply reply) {
        return reply.failure().isEmpty() && reply.reply().term() instanceof Tuple answer && answer.is(Atom.ERROR, 2)
                ? "the module " + module + " does not exist (" + answer.get(1) + ")"
                : "";
    }

    /// Notes the first problem of a node that has answered.
    private static void note(NodeReply reply, Map<String, String> missing, String problem) {
        if (reply.failure().isEmpty()) {
            missing.merge(reply.node(), problem, (first, second) -> first.isEmpty() ? second : first);
        }
    }

    private void settle(Map<String, String> missing) {
        if (missing.isEmpty()) {
            return;
        }
        List<String> problems = missing.entrySet().stream()
                .filter(it -> !it.getValue().isEmpty())
                .map(it -> it.getKey() + ": " + it.getValue())
                .toList();
        State state = problems.size() == missing.size() ? State.FAILED : State.SERVING;
        Now before = now;
        String reason = String.join("; ", problems);
        List<String> good = problems.isEmpty()
                ? List.of()
                : missing.entrySet().stream()
                        .filter(it -> it.getValue().isEmpty())
                        .map(Map.Entry::getKey)
                        .toList();
        if (before.state() == state
                && before.reason().equals(reason)
                && before.good().equals(good)) {
            return;
        }
        now = new Now(state, reason, before.state() == state ? before.since() : Instant.now(), good);
        if (state == State.FAILED) {
            log.warn(
                    "Cannot serve {} (erlang.mounts): {}; requests get 503 until the peer has it",
                    settings.path(),
                    reason);
        } else if (!problems.isEmpty()) {
            log.warn("Serving {} not from all nodes (erlang.mounts): {}", settings.path(), reason);
        } else {
            log.info("Serving {} at {} from {}", settings.gateway(), settings.path(), peer.name());
        }
    }

    /// The row of the mount in `/status`.
    Map<String, Object> describe() {
        Map<String, Object> row = new LinkedHashMap<>();
        Now seen = now;
        row.put("path", settings.path());
        row.put("serves", settings.gateway().toString());
        row.put("peer", settings.peer());
        if (!settings.hosts().isEmpty()) {
            row.put("hosts", settings.hosts().stream().sorted().toList());
        }
        row.put("state", text(seen));
        if (!seen.reason().isEmpty()) {
            row.put("reason", seen.reason());
        }
        row.put("since", seen.since().toString());
        row.put("requests", requests(0));
        row.put("errors", requests(500));
        return row;
    }

    /// The number of requests with a status of at least so much.
    private long requests(int minStatus) {
        return (long) counters.entrySet().stream()
                .filter(it -> it.getKey() >= minStatus)
                .mapToDouble(it -> it.getValue().count())
                .sum();
    }

    /// The path, and the state with its reason.
    Map.Entry<String, String> brief() {
        Now seen = now;
        return Map.entry(settings.path(), seen.reason().isEmpty() ? text(seen) : text(seen) + ": " + seen.reason());
    }

    private static String text(Now seen) {
        return seen.state().name().toLowerCase(Locale.ROOT);
    }
}
