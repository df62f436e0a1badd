package dev.pier.erlang.opentelemetry;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.trace.ServedListener;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;

/// Makes each call from Erlang a span. Safe for many threads.
record ServedSpans(Tracer tracer) implements ServedListener {
    @Override
    @SuppressWarnings("MustBeClosedChecker") // The function's end closes the scope.
    public Observed begin(Atom module, Atom function, int arity, String caller) {
        String method = module + ":" + function + "/" + arity;
        Span span = tracer.spanBuilder(method)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(ErlangAttributes.RPC_SYSTEM, ErlangAttributes.ERLANG)
                .setAttribute(ErlangAttributes.RPC_METHOD, method)
                .setAttribute(ErlangAttributes.NODE, caller)
                .startSpan();
        Scope scope = span.makeCurrent();
        return thrown -> {
            scope.close();
            if (thrown != null) {
                span.setAttribute(ErlangAttributes.ERROR_TYPE, thrown.getClass().getName())
                        .setStatus(StatusCode.ERROR, String.valueOf(thrown.getMessage()));
            }
            span.end();
        };
    }
}
