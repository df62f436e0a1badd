package dev.pier.erlang.opentelemetry;

import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.node.NodeTracing;
import dev.pier.erlang.trace.ServedListener;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;

/// Makes the calls of a node spans of OpenTelemetry. Safe for many threads.
///
/// ```java
/// ErlangNodes.builder("web@localhost").tracing(ErlangTracing.of(openTelemetry))
/// ```
///
/// A call to Erlang is a span below the current one of the calling thread, and its context goes to the Erlang
/// process that runs it, if the peer has `pier_calls`. A call from Erlang begins a trace, and is the current
/// span of its thread.
///
/// SPEC: OpenTelemetry semantic conventions, RPC spans
public final class ErlangTracing implements NodeTracing {
    private static final String SCOPE = "dev.pier.erlang";

    private final Tracer tracer;

    private ErlangTracing(Tracer tracer) {
        this.tracer = tracer;
    }

    public static ErlangTracing of(OpenTelemetry openTelemetry) {
        return new ErlangTracing(openTelemetry.getTracer(SCOPE));
    }

    @Override
    public CallListener calls(String peer, CallListener listener) {
        return new TracedCalls(tracer, peer, listener);
    }

    @Override
    public ServedListener served() {
        return new ServedSpans(tracer);
    }
}
