package dev.pier.server.trace;

import org.jspecify.annotations.Nullable;

/// The part of a trace that is one request.
///
/// *Threads.* [#enter] and the end of its scope are for the request's thread, [#ended] for any thread.
public interface RequestSpan {
    /// The attribute of a request with the id of its trace, for error pages and applications.
    String TRACE_ID = "dev.pier.trace-id";

    /// The place in the trace that log lines name.
    TraceContext context();

    /// Lets what the calling thread does belong to the span, until the scope is closed.
    Scope enter();

    /// The response is complete, or has failed.
    ///
    /// @param status of the response
    /// @param application id of the application or mount that handled it; `null` for none
    /// @param failure `null` if the response is complete
    void ended(int status, @Nullable String application, @Nullable Throwable failure);

    /// The time in which a thread works for the span.
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
