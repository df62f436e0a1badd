package dev.pier.server.trace;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Begins a span for each request.
///
/// *Threads.* Safe for all threads.
@FunctionalInterface
public interface RequestSpans {
    /// Without a tracing system: a request continues the trace of its client, or has one of its own, which
    /// only logs and error bodies name.
    RequestSpans UNRECORDED = (_, caller) -> new Unrecorded(caller.orElseGet(TraceContext::random));

    /// @param caller the place in a trace from which the request comes; empty if it has to begin one
    RequestSpan begin(RequestFacts facts, Optional<TraceContext> caller);

    /// A span that no tracing system records.
    record Unrecorded(TraceContext context) implements RequestSpan {
        @Override
        public Scope enter() {
            return () -> {};
        }

        @Override
        public void ended(int status, @Nullable String application, @Nullable Throwable failure) {
            // Not recorded.
        }
    }
}
