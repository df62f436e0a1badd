package dev.pier.erlang.opentelemetry;

import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.trace.CallKind;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.function.Supplier;

/// Begins a span for each call to a peer. Safe for many threads.
final class TracedCalls extends CallListener.Wrapper {
    private final Tracer tracer;
    private final String peer;

    /// @param listener is told of the calls, too
    TracedCalls(Tracer tracer, String peer, CallListener listener) {
        super(listener);
        this.tracer = tracer;
        this.peer = peer;
    }

    @Override
    public CallListener begin(CallKind kind, Atom module, Atom function, int arity) {
        Span span = rpc(module + ":" + function + "/" + arity).startSpan();
        return new TracedCall(span, kind, super.begin(kind, module, function, arity));
    }

    @Override
    public CallListener begin(CallKind kind, Object process) {
        SpanBuilder span = switch (kind) {
            case SEND ->
                named("send", SpanKind.PRODUCER)
                        .setAttribute(ErlangAttributes.MESSAGING_SYSTEM, ErlangAttributes.ERLANG)
                        .setAttribute(ErlangAttributes.MESSAGING_OPERATION, "send");
            case SERVER_CAST -> rpc("gen_server:cast/2");
            case SERVER_CALL, CALL, STREAM, CAST -> rpc("gen_server:call/2");
        };
        return new TracedCall(
                span.setAttribute(ErlangAttributes.PROCESS, process.toString()).startSpan(),
                kind,
                super.begin(kind, process));
    }

    private SpanBuilder rpc(String method) {
        return named(method, SpanKind.CLIENT)
                .setAttribute(ErlangAttributes.RPC_SYSTEM, ErlangAttributes.ERLANG)
                .setAttribute(ErlangAttributes.RPC_METHOD, method);
    }

    private SpanBuilder named(String name, SpanKind kind) {
        return tracer.spanBuilder(name).setSpanKind(kind).setAttribute(ErlangAttributes.PEER, peer);
    }

    @Override
    public boolean hasContexts() {
        return true;
    }

    @Override
    public <T> Supplier<T> carry(Supplier<T> work) {
        return Context.current().wrapSupplier(work);
    }
}
