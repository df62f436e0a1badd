package dev.pier.server.trace;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes requests spans of OpenTelemetry. Only loaded where `opentelemetry-api` is on the class path.
///
/// SPEC: OpenTelemetry semantic conventions, HTTP server span
///
/// *Threads.* Safe for all threads.
final class OpenTelemetrySpans implements RequestSpans {
    private static final String SCOPE = "dev.pier.server";

    /// Lets [GlobalOpenTelemetry] configure an SDK by its module `autoconfigure`, if that is on the class
    /// path.
    private static final String AUTOCONFIGURE = "otel.java.global-autoconfigure.enabled";

    private static final String AUTOCONFIGURE_VARIABLE = "OTEL_JAVA_GLOBAL_AUTOCONFIGURE_ENABLED";

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ORIGINAL_METHOD = AttributeKey.stringKey("http.request.method_original");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
    private static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> VERSION = AttributeKey.stringKey("network.protocol.version");
    private static final AttributeKey<String> USER_AGENT = AttributeKey.stringKey("user_agent.original");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "QUERY");

    private final Tracer tracer;

    OpenTelemetrySpans(OpenTelemetry openTelemetry) {
        this.tracer = openTelemetry.getTracer(SCOPE);
    }

    /// The one of the whole JVM: that of the program, or of an SDK that configures itself.
    static OpenTelemetry global() {
        if (System.getProperty(AUTOCONFIGURE) == null && System.getenv(AUTOCONFIGURE_VARIABLE) == null) {
            System.setProperty(AUTOCONFIGURE, "true");
        }
        return GlobalOpenTelemetry.get();
    }

    @Override
    public RequestSpan begin(RequestFacts facts, Optional<TraceContext> caller) {
        boolean known = METHODS.contains(facts.method());
        String name = known ? facts.method() : "HTTP";
        SpanBuilder builder = tracer.spanBuilder(name)
                .setParent(Context.root()
                        .with(Span.wrap(caller.map(OpenTelemetrySpans::parent).orElse(SpanContext.getInvalid()))))
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, known ? facts.method() : "_OTHER")
                .setAttribute(PATH, facts.path())
                .setAttribute(SCHEME, facts.scheme())
                .setAttribute(SERVER, facts.host())
                .setAttribute(PORT, (long) facts.port())
                .setAttribute(CLIENT, facts.client())
                .setAttribute(VERSION, facts.version());
        if (!known) {
            builder.setAttribute(ORIGINAL_METHOD, facts.method());
        }
        if (facts.userAgent() != null) {
            builder.setAttribute(USER_AGENT, facts.userAgent());
        }
        Span span = builder.startSpan();
        return span.getSpanContext().isValid()
                ? new Recorded(span, name, contextOf(span.getSpanContext()))
                : UNRECORDED.begin(facts, caller);
    }

    private static SpanContext parent(TraceContext caller) {
        TraceStateBuilder state = TraceState.builder();
        if (!caller.tracestate().isEmpty()) {
            // Each goes before those that are there.
            for (String member : List.of(caller.tracestate().split(",")).reversed()) {
                int value = member.indexOf('=') + 1;
                state.put(member.substring(0, value - 1), member.substring(value));
            }
        }
        return SpanContext.createFromRemoteParent(
                caller.traceId(),
                caller.spanId(),
                caller.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                state.build());
    }

    private static TraceContext contextOf(SpanContext context) {
        return new TraceContext(context.getTraceId(), context.getSpanId(), context.isSampled(), "");
    }

    private record Recorded(Span span, String method, TraceContext context) implements RequestSpan {
        @Override
        @SuppressWarnings("MustBeClosedChecker") // The caller closes the scope.
        public Scope enter() {
            return span.makeCurrent()::close;
        }

        @Override
        public void ended(int status, @Nullable String application, @Nullable Throwable failure) {
            span.setAttribute(STATUS, (long) status);
            if (application != null) {
                String route = application.endsWith("/") ? application + "*" : application + "/*";
                span.setAttribute(ROUTE, route).updateName(method + " " + route);
            }
            if (failure != null) {
                span.setAttribute(ERROR, failure.getClass().getName())
                        .setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
            } else if (status >= 500) {
                span.setAttribute(ERROR, Integer.toString(status)).setStatus(StatusCode.ERROR);
            }
            span.end();
        }
    }
}
