package dev.pier.server;

import com.sun.management.OperatingSystemMXBean;
import dev.pier.server.http.HttpServer;
import dev.pier.server.http.RequestTotals;
import dev.pier.server.session.Sessions;
import dev.pier.server.webapp.AppStatus;
import dev.pier.server.websocket.WebSockets;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The body of `/status`, from the parts of the server that have started. Counts begin at the start, so that
/// rates are the difference of two answers.
///
/// *Threads.* For one thread.
final class ServerStatus {
    private static final double NANOS = 1e9;

    private final @Nullable HttpServer http;
    private final @Nullable Sessions sessions;
    private final @Nullable WebSockets webSockets;
    private final Map<String, RequestTotals> requests;

    ServerStatus(@Nullable HttpServer http, @Nullable Sessions sessions, @Nullable WebSockets webSockets) {
        this.http = http;
        this.sessions = sessions;
        this.webSockets = webSockets;
        this.requests = http == null ? Map.of() : http.requests();
    }

    Map<String, Object> describe(Instant created, List<AppStatus> applications, Map<String, Object> plugins) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("version", Version.current());
        status.put("java", Runtime.version().toString());
        status.put("started", created.toString());
        status.put("uptimeSeconds", Duration.between(created, Instant.now()).toSeconds());
        status.put(
                "urls",
                http == null ? List.of() : http.urls().map(URI::toString).toList());
        if (http != null) {
            http.certificate().ifPresent(certificate -> status.put("https", certificate.describe()));
        }
        status.put("process", process());
        status.put("requests", requests());
        status.put("applications", applications.stream().map(this::describe).toList());
        status.put("sessions", sessions == null ? Map.of() : sessions.status());
        status.put("plugins", plugins);
        return status;
    }

    private static Map<String, Object> process() {
        Runtime runtime = Runtime.getRuntime();
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("pid", ProcessHandle.current().pid());
        process.put("processors", runtime.availableProcessors());
        process.put("cpuSeconds", cpuSeconds());
        process.put("heapUsed", runtime.totalMemory() - runtime.freeMemory());
        process.put("heapMax", runtime.maxMemory());
        process.put("threads", ManagementFactory.getThreadMXBean().getThreadCount());
        return process;
    }

    private static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? rounded(system.getProcessCpuTime() / NANOS)
                : 0;
    }

    private Map<String, Object> requests() {
        Map<String, Object> description = new LinkedHashMap<>();
        RequestTotals all = requests.values().stream().reduce(RequestTotals.NONE, RequestTotals::plus);
        description.put("active", http == null ? 0 : http.router().requests());
        description.put("connections", http == null ? 0 : http.connections());
        description.put("ended", all.count());
        description.put("clientErrors", all.clientErrors());
        description.put("errors", all.errors());
        description.put("seconds", rounded(all.seconds()));
        return description;
    }

    private Map<String, Object> describe(AppStatus app) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("file", app.file());
        description.put("path", app.contextPath());
        if (!app.hosts().names().isEmpty()) {
            description.put("hosts", app.hosts().names().stream().sorted().toList());
        }
        description.put("state", app.state().toString());
        if (app.reason() != null) {
            description.put("reason", app.reason());
        }
        description.put("since", app.since().toString());
        RequestTotals its = requests.getOrDefault(app.id(), RequestTotals.NONE);
        description.put("requests", its.count());
        description.put("errors", its.errors());
        description.put("requestSeconds", rounded(its.seconds()));
        description.put("sessions", sessions == null ? 0 : sessions.count(app.id()));
        description.put("sockets", webSockets == null ? 0 : webSockets.open(app.id()));
        return description;
    }

    /// In whole milliseconds.
    private static double rounded(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }
}
