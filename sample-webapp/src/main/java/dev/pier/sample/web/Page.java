package dev.pier.sample.web;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One open page: the events that wait for it. Anybody offers; the request that is its stream takes.
///
/// Its hazard is a page that does not read: it holds no more than [#MOST] events, and loses what comes beyond.
final class Page {
    static final int MOST = 2000;

    private final BlockingQueue<String> events = new ArrayBlockingQueue<>(MOST);
    private final AtomicInteger connections = new AtomicInteger();

    void offer(String frame) {
        // What does not fit is lost: events tell of a moment that has passed by then.
        boolean _ = events.offer(frame);
    }

    @Nullable
    String take(Duration patience) throws InterruptedException {
        return events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Counts the connections that this page has had, so that one that is left behind knows that a newer one is there.
    int connect() {
        return connections.incrementAndGet();
    }

    boolean isCurrent(int connection) {
        return connections.get() == connection;
    }
}
