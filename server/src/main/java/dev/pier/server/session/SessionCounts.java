package dev.pier.server.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the stored sessions of each application, up to a limit for each.
///
/// *Threads.* Safe for all threads.
final class SessionCounts {
    private final int max;
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

    SessionCounts(int max) {
        this.max = max;
    }

    /// Counts a new session.
    ///
    /// @return false if the application has as many as it may have
    boolean add(String application) {
        return of(application).getAndUpdate(count -> count < max ? count + 1 : count) < max;
    }

    /// Counts a session that was there at the start, also beyond the limit.
    void addExisting(String application) {
        of(application).incrementAndGet();
    }

    void remove(String application) {
        of(application).decrementAndGet();
    }

    private AtomicInteger of(String application) {
        return counts.computeIfAbsent(application, _ -> new AtomicInteger());
    }
}
