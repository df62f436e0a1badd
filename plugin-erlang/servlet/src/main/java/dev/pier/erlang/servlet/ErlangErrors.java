package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.RemoteError;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/// The filter that answers an [ErlangException] with an HTTP status, and ends the uploads of a request with it. Safe
/// for many threads.
///
/// Every web application has it as its outermost filter, unless its context parameter `dev.pier.erlang.errors` is
/// `off`. It answers for every servlet that throws such an exception, also in `AsyncContext.start`. After
/// `startAsync`, a servlet answers a failure on a thread of its own with [#answer].
///
/// | failure | status |
/// |---|---|
/// | `NotConnected`, `Overloaded` | 503 with `Retry-After` |
/// | `CallCancelled` | 503 |
/// | `CallTimeout` | 504 |
/// | `UnsupportedByPeer` | 502 |
/// | `ConnectionLost`, `ProcessEnded`, `MalformedTerm`, `UnexpectedTerm` | 502 |
/// | `RemoteThrow`, `RemoteExit`, `RemoteError`, `ReturnedError` | 502 |
/// | `BadBody` | 400, 413 or 415, with a sentence that names the line and column |
/// | `BadArgument` | 500; where the value comes from the client, catch it and answer 400 |
///
/// An application can choose statuses for the reasons of `{error, Reason}` in its context parameter
/// `dev.pier.erlang.statuses`: `not_found = 404, conflict = 409`. They hold for failures that `Reply.ok` throws.
///
/// The body is `{"title":"Bad Gateway","status":502,"detail":"…","reference":"…"}` (RFC 9457): a sentence
/// without internal details, and the word under which the failure is logged; with tracing also the `traceId`.
/// A 503, a bad body and a chosen status have no reference, because they are logged at debug level only.
///
/// Hazard: a response that has begun cannot be replaced. It is aborted, so that the client sees a failed transfer
/// rather than a short one that looks complete.
public final class ErlangErrors implements Filter {
    /// The context parameter that disables the filter with the value `off`. The application maps the exceptions
    /// itself then.
    public static final String SETTING = "dev.pier.erlang.errors";

    /// The context parameter with the statuses for reasons of `{error, Reason}`: `not_found = 404, conflict = 409`.
    public static final String STATUSES = "dev.pier.erlang.statuses";

    /// The attribute of a request with the id of its trace.
    private static final String TRACE_ID = "dev.pier.trace-id";

    private static final int MAX_LOGGED = 4096;

    private static final Logger log = LoggerFactory.getLogger(ErlangErrors.class);

    /// Headers about the body that the servlet announced and that is not sent.
    private static final Set<String> BODY_HEADERS = ignoringCase(
            "Accept-Ranges",
            "Cache-Control",
            "Content-Disposition",
            "Content-Encoding",
            "Content-Language",
            "Content-Length",
            "Content-Range",
            "Content-Type",
            "ETag",
            "Expires",
            "Last-Modified",
            "Transfer-Encoding");

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest in && response instanceof HttpServletResponse out)) {
            chain.doFilter(request, response);
            return;
        }
        try {
            filter(in, out, chain);
        } finally {
            UploadEnd.after(in);
        }
    }

    private static void filter(HttpServletRequest in, HttpServletResponse out, FilterChain chain)
            throws IOException, ServletException {
        ErlangException ofAsyncWork = AsyncErrors.takeFailure(in);
        if (ofAsyncWork != null) {
            answer(ofAsyncWork, in, out);
            return;
        }
        try {
            chain.doFilter(new AsyncErrors(in), out);
        } catch (ServletException | RuntimeException e) {
            Optional<ErlangException> failure = ErlangFailure.in(e);
            if (failure.isEmpty()) {
                throw e;
            }
            answer(failure.get(), in, out);
        }
    }

    /// Answers a request whose Erlang work failed. Headers that filters have set stay, except those about a body.
    ///
    /// @param request tells which application has chosen statuses
    /// @throws IOException if the response has begun and can only be aborted, or if the client has disconnected
    public static void answer(ErlangException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        answer(e, ErlangProblem.of(e, request), traceId(request), response);
    }

    /// Answers as [#answer(ErlangException, HttpServletRequest, HttpServletResponse)] does, without statuses that the
    /// application has chosen.
    ///
    /// @throws IOException if the response has begun and can only be aborted, or if the client has disconnected
    public static void answer(ErlangException e, HttpServletResponse response) throws IOException {
        answer(e, ErlangProblem.of(e, ErlangFailure.of(e), null), Optional.empty(), response);
    }

    /// The trace that the server has found or begun for a request.
    private static Optional<String> traceId(HttpServletRequest request) {
        return request.getAttribute(TRACE_ID) instanceof String traceId ? Optional.of(traceId) : Optional.empty();
    }

    private static void answer(
            ErlangException e, ErlangProblem problem, Optional<String> traceId, HttpServletResponse response)
            throws IOException {
        if (response.isCommitted()) {
            throw new IOException(
                    "Erlang work failed after the response had begun: the response is aborted"
                            + problem.reference()
                                    .map(r -> " (reference " + r + ")")
                                    .orElse(""),
                    e);
        }
        resetKeepingHeaders(response);
        response.setStatus(problem.status());
        problem.retryAfter().ifPresent(after -> response.setHeader("Retry-After", Long.toString(after.toSeconds())));
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/problem+json");
        byte[] body = (problem.text(traceId) + "\n").getBytes(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /// Logs a failure, and returns its description for the client: one line of JSON.
    static String logAndDescribe(ErlangException e) {
        return ErlangProblem.of(e, ErlangFailure.of(e), null).text(Optional.empty());
    }

    /// Logs a failure once, at a level that depends on its fault.
    ///
    /// @param request null if it is not known
    /// @return the reference that connects the client's report to the log line
    static Optional<String> logFailure(ErlangFailure failure, ErlangException e, @Nullable HttpServletRequest request) {
        if (failure.fault() == ErlangFailure.Fault.TRANSIENT) {
            log.debug("{}: {}", e.getClass().getSimpleName(), e.getMessage());
            return Optional.empty();
        }
        String reference =
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        boolean ours = failure.fault() == ErlangFailure.Fault.APPLICATION;
        LoggingEventBuilder event = log.atLevel(ours ? Level.ERROR : Level.WARN).addKeyValue("reference", reference);
        if (request != null) {
            event = event.addKeyValue("request", request.getMethod() + " " + request.getRequestURI());
        }
        if (ours) {
            event.setCause(e).log("Erlang work failed (reference {}): {}", reference, e.getMessage());
        } else {
            event.addKeyValue("failure", e)
                    .log(
                            "Erlang work failed (reference {}): {}: {}",
                            reference,
                            e.getClass().getSimpleName(),
                            shortened(details(e)));
        }
        return Optional.of(reference);
    }

    private static String details(ErlangException e) {
        return e instanceof RemoteError remote
                ? e.getMessage() + "; Erlang's stack trace: " + remote.erlangStackTrace()
                : String.valueOf(e.getMessage());
    }

    /// A reason can have any size: it may contain a megabyte of state.
    private static String shortened(String text) {
        return text.length() <= MAX_LOGGED
                ? text
                : text.substring(0, MAX_LOGGED) + "… (" + text.length() + " characters)";
    }

    /// Resets the response, but keeps the headers of outer filters (CORS, security, a new session). `reset` alone
    /// would remove them, and `resetBuffer` would keep the servlet's choice between writer and stream.
    private static void resetKeepingHeaders(HttpServletResponse response) {
        Map<String, Collection<String>> kept = new LinkedHashMap<>();
        for (String name : response.getHeaderNames()) {
            if (!BODY_HEADERS.contains(name)) {
                kept.put(name, response.getHeaders(name));
            }
        }
        response.reset();
        kept.forEach((name, values) -> {
            // The container's own headers survive a reset, such as the date and a new session's cookie.
            List<String> surviving = List.copyOf(response.getHeaders(name));
            values.stream()
                    .filter(value -> !surviving.contains(value))
                    .forEach(value -> response.addHeader(name, value));
        });
    }

    private static Set<String> ignoringCase(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(Set.of(names));
        return set;
    }
}
