package dev.pier.server.admin;

import dev.pier.server.http.BodyDiscard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Serves the page and the resources of the admin port, and its operations to clients that have the token.
///
/// *Threads.* Runs on the threads of the admin server.
final class AdminHandler extends Handler.Abstract {
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final AllowedNames names;
    private final AccessCheck access;
    private final Health health;
    private final Metrics metrics;
    private final Supplier<Object> status;
    private final Operations operations;
    private final AdminPage page;
    private final OperationRunner runner = new OperationRunner();

    AdminHandler(
            AllowedNames names,
            AccessCheck access,
            Health health,
            Metrics metrics,
            Supplier<Object> status,
            Operations operations,
            AdminPage page) {
        this.names = names;
        this.access = access;
        this.health = health;
        this.metrics = metrics;
        this.status = status;
        this.operations = operations;
        this.page = page;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        return BodyDiscard.after(request, callback, (unread, answered) -> handleBefore(unread, response, answered));
    }

    /// Answers before the rest of the body is discarded: an archive that is refused is not read.
    private boolean handleBefore(Request request, Response response, Callback callback) {
        if (!names.allow(request)) {
            Response.writeError(
                    request,
                    response,
                    callback,
                    HttpStatus.MISDIRECTED_REQUEST_421,
                    "Use localhost, the address of this port, or a name of admin.names");
            return true;
        }
        String path = request.getHttpURI().getPath();
        Optional<Operations.Found> operation = operations.find(path);
        if (operation.isPresent()) {
            operate(request, operation.get(), response, callback);
            return true;
        }
        @Nullable Runnable answer = answer(path, request, response, callback);
        if (answer == null) {
            Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
            return true;
        }
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
            return true;
        }
        answer.run();
        return true;
    }

    /// Answers a request for something that needs no token; null if there is no such thing.
    private @Nullable Runnable answer(String path, Request request, Response response, Callback callback) {
        return switch (path) {
            case "/health" -> () -> report(response, callback, health.all());
            case "/health/live" -> () -> report(response, callback, health.live());
            case "/health/ready" -> () -> report(response, callback, health.ready());
            case "/health/started" -> () -> report(response, callback, health.startup());
            case "/metrics" -> () -> metrics(request, response, callback);
            case "/status" ->
                () -> write(response, callback, 200, JSON, JsonMapper.shared().writeValueAsBytes(status.get()));
            default -> {
                AdminPage.@Nullable File file = page.find(path);
                yield file == null
                        ? null
                        : () -> write(
                                response,
                                callback,
                                200,
                                file.type(),
                                file.content().getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    private void operate(Request request, Operations.Found found, Response response, Callback callback) {
        if (!found.resource().methods().contains(request.getMethod())) {
            response.getHeaders()
                    .put(
                            HttpHeader.ALLOW,
                            found.resource().methods().stream().sorted().collect(Collectors.joining(", ")));
            Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
            return;
        }
        Optional<AdminAnswer> refusal = access.refusal(request);
        if (refusal.isPresent()) {
            if (refusal.get().status() == HttpStatus.UNAUTHORIZED_401) {
                response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"pier\"");
            }
            write(refusal.get(), response, callback);
        } else {
            runner.run(request, found, answer -> write(answer, response, callback));
        }
    }

    private void write(AdminAnswer answer, Response response, Callback callback) {
        byte[] body;
        try {
            body = JsonMapper.shared().writeValueAsBytes(answer.body());
        } catch (RuntimeException e) {
            // On the thread of an operation, it would leave the client without an answer.
            callback.failed(e);
            return;
        }
        write(response, callback, answer.status(), JSON, body);
    }

    private void report(Response response, Callback callback, Health.Report report) {
        int code = report.up() ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503;
        write(response, callback, code, JSON, JsonMapper.shared().writeValueAsBytes(report.body()));
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
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put("Cross-Origin-Resource-Policy", "same-origin");
        response.getHeaders().put("Content-Security-Policy", AdminPage.POLICY);
        response.getHeaders().put("Referrer-Policy", "no-referrer");
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
