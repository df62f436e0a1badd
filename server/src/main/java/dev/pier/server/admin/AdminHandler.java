package dev.pier.server.admin;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Serves the pages of the admin port.
///
/// *Threads.* Runs on the threads of the admin server.
final class AdminHandler extends Handler.Abstract {
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final Health health;
    private final Metrics metrics;
    private final Supplier<Object> status;
    private final JsonMapper mapper = JsonMapper.builder().build();

    AdminHandler(Health health, Metrics metrics, Supplier<Object> status) {
        this.health = health;
        this.metrics = metrics;
        this.status = status;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!LocalNames.allow(request)) {
            Response.writeError(
                    request, response, callback, HttpStatus.MISDIRECTED_REQUEST_421, "Use localhost or an IP address");
            return true;
        }
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
            return true;
        }
        switch (Request.getPathInContext(request)) {
            case "/health" -> report(response, callback, health.all());
            case "/health/live" -> report(response, callback, health.live());
            case "/health/ready" -> report(response, callback, health.ready());
            case "/health/started" -> report(response, callback, health.startup());
            case "/metrics" -> metrics(request, response, callback);
            case "/status" -> write(response, callback, 200, JSON, mapper.writeValueAsBytes(status.get()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void report(Response response, Callback callback, Health.Report report) {
        int code = report.up() ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503;
        write(response, callback, code, JSON, mapper.writeValueAsBytes(report.body()));
    }

    private void metrics(Request request, Response response, Callback callback) {
        @Nullable String accept = request.getHeaders().get(HttpHeader.ACCEPT);
        String type = accept != null && accept.contains("openmetrics") ? OPEN_METRICS : PROMETHEUS;
        write(response, callback, 200, type, metrics.scrape(type).getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Response response, Callback callback, int code, String type, byte[] body) {
        response.setStatus(code);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
