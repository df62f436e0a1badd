package dev.pier.erlang.opentelemetry;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.trace.CallKind;
import dev.pier.erlang.trace.Outcome;
import dev.pier.erlang.trace.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// One call as a span. The span of a stream ends when the stream is over, every other with its answer.
///
/// Threads: that of the call; any thread closes a stream.
final class TracedCall extends CallListener.Wrapper {
    private final Span span;
    private final CallKind kind;
    private final @Nullable TraceContext context;

    /// @param listener is told of the call, too
    TracedCall(Span span, CallKind kind, CallListener listener) {
        super(listener);
        this.span = span;
        this.kind = kind;
        this.context = contextOf(span.getSpanContext());
    }

    /// Of the flags, only that of the Recommendation: OpenTelemetry for Erlang refuses a context with others.
    ///
    /// @return `null` without a tracing system
    private static @Nullable TraceContext contextOf(SpanContext span) {
        if (!span.isValid()) {
            return null;
        }
        StringJoiner tracestate = new StringJoiner(",");
        span.getTraceState().forEach((key, value) -> tracestate.add(key + "=" + value));
        return new TraceContext(
                "00-" + span.getTraceId() + "-" + span.getSpanId() + (span.isSampled() ? "-01" : "-00"),
                tracestate.toString());
    }

    @Override
    public @Nullable TraceContext context() {
        return context;
    }

    @Override
    public void ended(@Nullable String node, @Nullable ErlangException failure, long nanos) {
        super.ended(node, failure, nanos);
        if (node != null) {
            span.setAttribute(ErlangAttributes.NODE, node)
                    .setAttribute(ErlangAttributes.SERVER_ADDRESS, node.substring(node.indexOf('@') + 1));
        }
        if (failure != null || kind != CallKind.STREAM) {
            end(failure);
        }
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        super.closed(failure);
        end(failure);
    }

    private void end(@Nullable Throwable failure) {
        if (failure != null) {
            String type = failure instanceof ErlangException ours
                    ? Outcome.of(ours)
                    : failure.getClass().getName();
            span.setAttribute(ErlangAttributes.ERROR_TYPE, type)
                    .setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
        }
        span.end();
    }
}
