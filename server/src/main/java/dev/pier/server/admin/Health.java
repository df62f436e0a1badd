package dev.pier.server.admin;

import dev.pier.server.plugin.HealthCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/// The answers to the three questions of MicroProfile Health: is the process alive, is it ready for requests, has it
/// started. Whether it is alive never depends on anybody else: restarting a server does not repair its peers.
/// For all threads.
public final class Health {
    private enum Phase {
        STARTING,
        RUNNING,
        STOPPING
    }

    /// @param up whether all checks pass
    /// @param body as MicroProfile Health wants it
    record Report(boolean up, Map<String, Object> body) {}

    private final List<HealthCheck> liveness = new CopyOnWriteArrayList<>();
    private final List<HealthCheck> readiness = new CopyOnWriteArrayList<>();
    private volatile Phase phase = Phase.STARTING;

    /// Adds a check of the server's own parts.
    public void liveness(HealthCheck check) {
        liveness.add(check);
    }

    /// Adds a check of what requests need.
    public void readiness(HealthCheck check) {
        readiness.add(check);
    }

    /// The server takes requests.
    public void started() {
        phase = Phase.RUNNING;
    }

    /// The server takes no further requests.
    public void stopping() {
        phase = Phase.STOPPING;
    }

    Report live() {
        return report(liveness.stream().map(Health::run).toList());
    }

    Report startup() {
        return report(List.of(entry("server", phase != Phase.STARTING, Map.of("phase", phaseName()))));
    }

    Report ready() {
        return report(readinessEntries());
    }

    Report all() {
        return report(Stream.concat(liveness.stream().map(Health::run), readinessEntries().stream())
                .toList());
    }

    private List<Map<String, Object>> readinessEntries() {
        return Stream.concat(
                        Stream.of(entry("server", phase == Phase.RUNNING, Map.of("phase", phaseName()))),
                        readiness.stream().map(Health::run))
                .toList();
    }

    private String phaseName() {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    /// A check that throws is one that fails; the others are answered all the same.
    private static Map<String, Object> run(HealthCheck check) {
        try {
            HealthCheck.Result result = check.check();
            return entry(check.name(), result.up(), result.data());
        } catch (RuntimeException e) {
            return entry(check.name(), false, Map.of("error", e.toString()));
        }
    }

    private static Map<String, Object> entry(String name, boolean up, Map<String, Object> data) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", name);
        entry.put("status", up ? "UP" : "DOWN");
        if (!data.isEmpty()) {
            entry.put("data", data);
        }
        return entry;
    }

    private static Report report(List<Map<String, Object>> checks) {
        boolean up = checks.stream().allMatch(check -> "UP".equals(check.get("status")));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", up ? "UP" : "DOWN");
        body.put("checks", checks);
        return new Report(up, body);
    }
}
