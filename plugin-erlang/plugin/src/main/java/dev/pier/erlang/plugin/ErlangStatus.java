package dev.pier.erlang.plugin;

import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.connection.TrafficTotals;
import dev.pier.erlang.link.NodeListener;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.node.LocalNode;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.peer.PeerGroup;
import dev.pier.erlang.peer.RequiredNodes;
import dev.pier.erlang.transport.Tls;
import dev.pier.erlang.transport.TlsInfo;
import dev.pier.server.plugin.HealthCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the admin port shows of a node: its part of `/status`, and the checks.
final class ErlangStatus {
    /// How long before its expiry a certificate has to be renewed.
    private static final Duration RENEWAL = Duration.ofDays(14);

    private ErlangStatus() {}

    /// The node's part of `/status`.
    static Object of(NodeRuntime erlang) {
        return of(erlang, List.of());
    }

    /// The same with a row for each mount.
    static Object of(NodeRuntime erlang, List<Map<String, Object>> mounts) {
        LocalNode node = erlang.local();
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("node", erlang.name());
        putIfKnown(status, "port", node.port());
        putIfKnown(status, "registeredAtEpmd", node.isRegistered());
        Tls tls = erlang.tls();
        if (tls != null) {
            status.put("tls", describe(tls));
        }
        NodeListener.Refusals refused = node.refusals();
        if (refused != null && refused.count() > 0) {
            Map<String, Object> refusals = new LinkedHashMap<>();
            refusals.put("count", refused.count());
            refusals.put("last", refused.last());
            refusals.put("at", refused.at().toString());
            status.put("refusedConnections", refusals);
        }
        Map<String, Object> peers = new LinkedHashMap<>();
        for (String name : erlang.peerNames()) {
            Map<String, Object> peer = describe(erlang.group(name), ErlangStatus::describeInFull);
            peer.put("latency", describe(erlang.calls(name)));
            peers.put(name, peer);
        }
        status.put("peers", peers);
        if (!mounts.isEmpty()) {
            status.put("mounts", mounts);
        }
        status.put("served", NodeActivity.served(erlang));
        status.put("processes", NodeActivity.processes(erlang));
        return status;
    }

    /// The certificate of this node, and whether it has to be renewed. It never makes the server unready: peers that
    /// are connected stay so.
    record CertificateCheck(Tls tls) implements HealthCheck {
        @Override
        public String name() {
            return "erlang/tls";
        }

        @Override
        public Result check() {
            return new Result(true, describe(tls));
        }
    }

    private static Map<String, Object> describe(Tls tls) {
        Map<String, Object> description = new LinkedHashMap<>();
        Tls.Status status = tls.status();
        if (status != null) {
            description.put("subject", status.subject());
            description.put("expires", status.expires().toString());
            if (status.expiresWithin(Duration.ZERO)) {
                description.put("warning", "the certificate has expired: peers refuse it");
            } else if (status.expiresWithin(RENEWAL)) {
                description.put(
                        "warning",
                        "the certificate expires in "
                                + Duration.between(Instant.now(), status.expires())
                                        .toDays()
                                + " days: renew it");
            }
            putIfKnown(description, "reloadProblem", status.problem());
        }
        return description;
    }

    /// Whether a peer is connected.
    record PeerCheck(String name, PeerGroup group, RequiredNodes required) implements HealthCheck {
        @Override
        public Result check() {
            List<PeerStatus> nodes =
                    group.links().stream().map(PeerLink::status).toList();
            return new Result(required.areConnected(nodes), describe(group, ErlangStatus::describe));
        }
    }

    /// Whether the threads run that all calls depend on.
    record ThreadsCheck(NodeRuntime erlang) implements HealthCheck {
        @Override
        public String name() {
            return "erlang";
        }

        @Override
        public Result check() {
            List<String> stopped = erlang.stoppedThreads();
            return stopped.isEmpty()
                    ? new Result(true, Map.of())
                    : new Result(false, Map.of("problem", "ended or stuck: " + String.join(", ", stopped)));
        }
    }

    /// A peer of one node is described as that node.
    private static Map<String, Object> describe(PeerGroup group, Function<PeerLink, Map<String, Object>> describer) {
        List<PeerLink> links = group.links();
        if (links.size() == 1) {
            return describer.apply(links.getFirst());
        }
        Map<String, Object> description = new LinkedHashMap<>();
        boolean connected = links.stream().anyMatch(PeerLink::isConnected);
        description.put("state", connected ? PeerStatus.State.CONNECTED.name() : PeerStatus.State.WAITING.name());
        description.put(
                "balance", group.balance().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (!group.problem().isEmpty()) {
            description.put("lastProblem", group.problem());
        }
        description.put("nodes", links.stream().map(describer).toList());
        return description;
    }

    private static Map<String, Object> describe(PeerLink link) {
        PeerStatus status = link.status();
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("node", link.name().toString());
        description.put("state", status.state().name());
        description.put("since", status.since().toString());
        status.lastProblem().ifPresent(problem -> description.put("lastProblem", problem));
        description.put("calls", link.gate().running());
        link.current()
                .ifPresent(session ->
                        description.put("callHelper", session.batcher().isPresent()));
        return description;
    }

    /// With the traffic and what protects the connection, which is no flat value as health checks have.
    private static Map<String, Object> describeInFull(PeerLink link) {
        Map<String, Object> description = describe(link);
        description.put(
                "queue",
                link.current().map(session -> session.connection().queueDepth()).orElse(0));
        TrafficTotals totals = link.totals();
        description.put("bytesIn", totals.bytesIn());
        description.put("bytesOut", totals.bytesOut());
        description.put("reconnects", totals.reconnects());
        link.current()
                .map(session -> session.connection().tls())
                .ifPresent(tls -> description.put("tls", describe(tls)));
        return description;
    }

    /// The calls that have ended since the start, and the latency of the latest ones.
    private static Map<String, Object> describe(PeerCalls calls) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("ended", calls.ended());
        description.put("failed", calls.failed());
        description.put("p50Millis", millis(calls.median()));
        description.put("p90Millis", millis(calls.p90()));
        description.put("p99Millis", millis(calls.p99()));
        return description;
    }

    /// With three digits.
    private static double millis(Duration duration) {
        long micros = duration.toNanos() / 1000;
        return micros / 1000.0;
    }

    private static Map<String, Object> describe(TlsInfo tls) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("protocol", tls.protocol());
        description.put("cipher", tls.cipher());
        putIfKnown(description, "peer", tls.peerSubject());
        putIfKnown(description, "peerExpires", text(tls.peerExpires()));
        putIfKnown(description, "ownExpires", text(tls.ownExpires()));
        return description;
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }

    private static void putIfKnown(Map<String, Object> status, String key, @Nullable Object value) {
        if (value != null) {
            status.put(key, value);
        }
    }
}
