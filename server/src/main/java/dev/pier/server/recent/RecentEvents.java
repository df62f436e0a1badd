package dev.pier.server.recent;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/// The last lines of the log, and the last failures with a reference: events of the log with the key
/// `reference`.
///
/// An event's key `failure`, a [Throwable], gives the stack trace where the log is not to have it; the key
/// `request` tells the request. The log is that of the whole JVM: servers in one JVM have the same lines.
/// There is no log to follow unless it is Logback's, which is that of the distribution.
///
/// *Threads.* Safe for all threads.
///
/// *Lifecycle.* Follows the log from [#follow] to [#close].
public final class RecentEvents implements AutoCloseable {
    static final int MAX_LINES = 1000;
    static final int MAX_FAILURES = 200;
    static final long MAX_BYTES = 2 * 1024 * 1024;

    private final RecentRing<LogLine> lines = new RecentRing<>(MAX_LINES, MAX_BYTES, LogLine::size);
    private final RecentRing<Failure> failures = new RecentRing<>(MAX_FAILURES, MAX_BYTES, Failure::size);
    private Runnable end = () -> {};

    /// Follows the log from now on.
    public static RecentEvents follow() {
        RecentEvents events = new RecentEvents();
        if (isFollowing()) {
            events.end = LogbackEvents.pass(events);
        }
        return events;
    }

    /// Whether there is a log to follow.
    public static boolean isFollowing() {
        return LoggerFactory.getILoggerFactory().getClass().getName().equals("ch.qos.logback.classic.LoggerContext");
    }

    void add(LogLine line) {
        lines.add(line);
    }

    void add(Failure failure) {
        failures.add(failure);
    }

    /// The lines after a number, in their order; `last` is the number to ask with the next time.
    ///
    /// @param max how many there may be; further ones, the oldest, are left out
    public Map<String, Object> lines(long after, int max) {
        // Taken before: a line that is added meanwhile comes the next time.
        long last = lines.last();
        List<Map<String, Object>> found = lines.after(after, max).stream()
                .filter(it -> it.number() <= last)
                .map(it -> it.entry().describe(it.number()))
                .toList();
        return Map.of("lines", found, "last", last);
    }

    /// The failures in brief, the latest first.
    public List<Map<String, Object>> failures() {
        return failures.after(0, MAX_FAILURES).reversed().stream()
                .map(it -> it.entry().brief())
                .toList();
    }

    /// The whole failure with a reference.
    public Optional<Map<String, Object>> failure(String reference) {
        return failures.latest(it -> it.reference().equals(reference)).map(Failure::describe);
    }

    @Override
    public void close() {
        end.run();
    }
}
