package dev.pier.server.http;

import dev.pier.server.meters.Buckets;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/// Counts and times every request, including requests without an application. A request log, not a handler, because
/// it also sees the requests that Jetty rejects itself, and needs no wrapping.
///
/// *Threads.* Safe for all threads.
final class RequestMetrics implements RequestLog {
    /// The application or route of requests that have none.
    private static final String NONE = "none";

    /// The methods with a series of their own. Clients can send any others, which share one.
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final MeterRegistry registry;
    private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

    /// @param route the mapping of a servlet, or the path of a mount
    private record Key(String application, String method, String route, int statusClass) {}

    RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void log(Request request, Response response) {
        @Nullable Object application = request.getAttribute(Router.APPLICATION);
        String method = request.getMethod();
        String route = Router.mapping(request);
        Key key = new Key(
                application == null ? NONE : application.toString(),
                METHODS.contains(method) ? method : "other",
                route == null ? NONE : route,
                Math.clamp(response.getStatus() / 100, 0, 5));
        timers.computeIfAbsent(key, this::timer)
                .record(System.nanoTime() - request.getBeginNanoTime(), TimeUnit.NANOSECONDS);
    }

    /// The requests that have ended, by application; those of none under `none`.
    Map<String, RequestTotals> totals() {
        Map<String, RequestTotals> totals = new TreeMap<>();
        timers.forEach((key, timer) ->
                totals.merge(key.application(), RequestTotals.of(key.statusClass(), timer), RequestTotals::plus));
        return totals;
    }

    private Timer timer(Key key) {
        return Timer.builder("http.server.requests")
                .description("Requests, from the first byte of the request to the last byte of the response")
                .tag("application", key.application())
                .tag("method", key.method())
                .tag("route", key.route())
                .tag("status", key.statusClass() + "xx")
                .serviceLevelObjectives(Buckets.bounds())
                .register(registry);
    }
}
