package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.servlet.problem.ProblemText;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The HTTP answer to an [ErlangException], for frameworks that write responses themselves. [ErlangErrors]
/// answers with the same.
///
/// *Threads.* Immutable; safe for all threads.
///
/// @param status the HTTP status, from the table of [ErlangErrors]
/// @param title the name of the status
/// @param detail what happened, for unknown clients: a sentence without internal details
/// @param retryAfter the value of the header `Retry-After`; empty if the response has none
/// @param reference the word under which the failure is logged; empty if it is logged at debug level only
public record ErlangProblem(
        int status, String title, String detail, Optional<Duration> retryAfter, Optional<String> reference) {
    /// Logs a failure, and returns the answer to it.
    ///
    /// @param request tells the statuses that its application has chosen, and whether its client has disconnected
    ///     during an upload
    public static ErlangProblem of(ErlangException e, HttpServletRequest request) {
        ErlangException blamed = UploadEnd.blame(e, request);
        OptionalInt chosen = ReasonStatuses.of(request.getServletContext()).statusOf(blamed);
        return of(
                blamed,
                chosen.isPresent() ? ErlangFailure.chosen(chosen.getAsInt()) : ErlangFailure.of(blamed),
                request);
    }

    static ErlangProblem of(ErlangException e, ErlangFailure failure, @Nullable HttpServletRequest request) {
        return new ErlangProblem(
                failure.status(),
                ProblemText.title(failure.status()),
                failure.sentence(),
                failure.retryAfter(),
                ErlangErrors.logFailure(failure, e, request));
    }

    /// The problem as one line of JSON, as RFC 9457 has it.
    ///
    /// @param traceId the trace of the request
    String text(Optional<String> traceId) {
        return ProblemText.of(status, detail, reference, traceId);
    }
}
