package dev.pier.server.admin;

import dev.pier.server.plugin.HealthCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/// The health of the server in the terms of MicroProfile Health: alive, ready for requests, started.
///
/// Liveness depends on the server's own parts only: a restart does not repair the systems that the server needs.
///
/// *Threads.* Safe for all threads.
public final class Health {
    private enum Phase {
        STARTING,
        RUNNING,
        STOPPING
    }

    /// @param failed the names of the checks that fail
    /// @param body the response in the format of MicroProfile Health
    record Report(List<String> failed, Map<String, Object> body) {
        /// Whether all checks pass.
        boolean up() {
            return failed.isEmpty();
        }
    }

    private final List<HealthCheck> liveness = new CopyOnWriteArrayList<>();
    private final List<HealthCheck> readiness = new CopyOnWriteArrayList<>();
    private volatile Phase phase = Phase.STARTING;

    /// Adds a liveness check: of a part of the server itself.
    public void liveness(HealthCheck check) {
        liveness.add(check);
    }

    /// Adds a readiness check: of a system that requests need.
    public void readiness(HealthCheck check) {
        readiness.add(check);
    }

    /// Takes a readiness check back.
    public void removeReadiness(HealthCheck check) {
        readiness.remove(check);
    }

    /// Marks the server as ready for requests.
    public void started() {
        phase = Phase.RUNNING;
    }

    /// Marks the server as stopping, which is not ready.
    public void stopping() {
        phase = Phase.STOPPING;
    }

    /// The names of the liveness checks that fail now.
    public List<String> notLive() {
        return live().failed();
    }

    /// The names of the readiness checks that fail now.
    public List<String> notReady() {
        return ready().failed();
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

    /// Runs one check. A check that throws has failed, and does not affect the others.
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
        List<String> failed = checks.stream()
                .filter(check -> !"UP".equals(check.get("status")))
                .map(check -> String.valueOf(check.get("name")))
                .toList();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", failed.isEmpty() ? "UP" : "DOWN");
        body.put("checks", checks);
        return new Report(failed, body);
    }
}
