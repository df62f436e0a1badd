package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.RemoteError;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one place where an [ErlangException] becomes an HTTP answer.
///
/// As a filter it answers for every servlet that lets such an exception through; web applications have it by
/// themselves, outermost of their filters, unless their context parameter `dev.pier.erlang.errors` is `off`. What
/// fails on another thread, behind `startAsync`, is answered with [#answer].
///
/// | what went wrong | status |
/// |---|---|
/// | `NotConnected`, `Overloaded` | 503 with `Retry-After` |
/// | `CallCancelled` | 503 |
/// | `CallTimeout` | 504 |
/// | `UnsupportedByPeer` | 502 |
/// | `ConnectionLost`, `ProcessEnded`, `MalformedTerm`, `UnexpectedTerm` | 502 |
/// | `RemoteThrow`, `RemoteExit`, `RemoteError`, `ReturnedError` | 502 |
/// | `BadArgument` | 500; where the value is the client's own, catch it and say 400 |
///
/// The body is `{"error":"…","reference":"…"}`: a sentence that tells nothing of the inside, and the word to look
/// for in the log. The 503s have no reference, for they are not logged one by one.
///
/// Safe for many threads. Its hazard: a response that has begun cannot be taken back, so it is cut off instead, and
/// the client sees a transfer that failed rather than a short one that looks whole.
public final class ErlangErrors implements Filter {
    /// The context parameter that switches the filter off: `off`. An application that has it maps the exceptions
    /// itself.
    public static final String SETTING = "dev.pier.erlang.errors";

    private static final int MAX_LOGGED = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(ErlangErrors.class);

    /// What the servlet said about a body that now does not come.
    private static final Set<String> ABOUT_THE_BODY = ignoringCase(
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
        try {
            chain.doFilter(request, response);
        } catch (ServletException | RuntimeException e) {
            Optional<ErlangException> failure = ErlangFailure.in(e);
            if (failure.isEmpty() || !(response instanceof HttpServletResponse http)) {
                throw e;
            }
            answer(failure.get(), http);
        }
    }

    /// Answers a request whose Erlang work failed. Headers that others have set stay, except those about a body.
    ///
    /// @throws IOException if the response has begun and can only be cut off, or if the client has gone
    public static void answer(ErlangException e, HttpServletResponse response) throws IOException {
        ErlangFailure failure = ErlangFailure.of(e);
        Optional<String> reference = log(failure, e);
        if (response.isCommitted()) {
            throw new IOException(
                    "the response had begun when the Erlang work failed; it is cut off"
                            + reference.map(r -> ", reference " + r).orElse(""),
                    e);
        }
        startAnew(response);
        response.setStatus(failure.status());
        failure.retryAfter().ifPresent(after -> response.setHeader("Retry-After", Long.toString(after.toSeconds())));
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/json");
        byte[] body = (json(failure, reference) + "\n").getBytes(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /// Logs a failure that the body itself tells of, and gives what it may tell: one line of JSON.
    static String tell(ErlangException e) {
        ErlangFailure failure = ErlangFailure.of(e);
        return json(failure, log(failure, e));
    }

    /// Logged by blame, and once: the reference is what ties the client's complaint to this line.
    private static Optional<String> log(ErlangFailure failure, ErlangException e) {
        if (failure.fault() == ErlangFailure.Fault.NOBODY) {
            LOG.debug("{}: {}", e.getClass().getSimpleName(), e.getMessage());
            return Optional.empty();
        }
        String reference =
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        if (failure.fault() == ErlangFailure.Fault.APPLICATION) {
            LOG.error("reference {}: {}", reference, e.getMessage(), e);
        } else {
            LOG.warn("reference {}: {}: {}", reference, e.getClass().getSimpleName(), shortened(story(e)));
        }
        return Optional.of(reference);
    }

    private static String story(ErlangException e) {
        return e instanceof RemoteError remote
                ? e.getMessage() + "; Erlang's stack trace: " + remote.erlangStackTrace()
                : String.valueOf(e.getMessage());
    }

    /// A reason is whatever the function made it, a megabyte of state included.
    private static String shortened(String text) {
        return text.length() <= MAX_LOGGED
                ? text
                : text.substring(0, MAX_LOGGED) + "… (" + text.length() + " characters)";
    }

    /// `reset` alone would take the headers of outer filters with it (those of CORS, security, a new session), and
    /// `resetBuffer` would leave the choice between writer and stream that the servlet has made.
    private static void startAnew(HttpServletResponse response) {
        Map<String, Collection<String>> kept = new LinkedHashMap<>();
        for (String name : response.getHeaderNames()) {
            if (!ABOUT_THE_BODY.contains(name)) {
                kept.put(name, response.getHeaders(name));
            }
        }
        response.reset();
        kept.forEach((name, values) -> {
            // What a reset leaves is the server's own, such as the date and a new session's cookie.
            List<String> left = List.copyOf(response.getHeaders(name));
            values.stream().filter(value -> !left.contains(value)).forEach(value -> response.addHeader(name, value));
        });
    }

    private static String json(ErlangFailure failure, Optional<String> reference) {
        return "{\"error\":\"" + failure.sentence() + "\""
                + reference.map(r -> ",\"reference\":\"" + r + "\"").orElse("") + "}";
    }

    private static Set<String> ignoringCase(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(Set.of(names));
        return set;
    }
}
