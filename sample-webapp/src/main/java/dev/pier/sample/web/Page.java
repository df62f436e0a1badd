package dev.pier.sample.web;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The queue of events for one open page. Any thread adds events; the request that serves the page's stream takes them.
///
/// Hazard: a page that does not read. Its queue is bounded by [#MAX_EVENTS], and further events are discarded.
final class Page {
    static final int MAX_EVENTS = 2000;

    private final BlockingQueue<String> events = new ArrayBlockingQueue<>(MAX_EVENTS);
    private final AtomicInteger connections = new AtomicInteger();

    /// Adds an event, or discards it if the queue is full: by the time the page reads again, it is out of date.
    void offer(String frame) {
        boolean _ = events.offer(frame);
    }

    /// Takes the oldest event, or null if none comes within the timeout.
    @Nullable
    String take(Duration timeout) throws InterruptedException {
        return events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Numbers a new connection of this page. Older connections are no longer current and end.
    int connect() {
        return connections.incrementAndGet();
    }

    boolean isCurrent(int connection) {
        return connections.get() == connection;
    }
}
