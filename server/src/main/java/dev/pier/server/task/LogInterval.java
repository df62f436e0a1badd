package dev.pier.server.task;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Permits one log message a minute, for messages that clients can cause at any rate.
///
/// *Threads.* Safe for all threads.
public final class LogInterval {
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong last = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

    /// Whether to log now. True at most once a minute.
    public boolean permits() {
        long now = System.nanoTime();
        long before = last.get();
        return now - before >= PAUSE_NANOS && last.compareAndSet(before, now);
    }
}
