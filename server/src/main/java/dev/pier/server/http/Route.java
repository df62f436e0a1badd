package dev.pier.server.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;

/// A context path, the handler behind it, and how many requests are inside it. A closed route takes no further
/// request, so that once it is empty it stays empty. For all threads; no request waits here for another.
public final class Route {
    // Added to the count when the route is closed: a negative count is that of a closed route.
    private static final long CLOSED = Long.MIN_VALUE;

    private final String contextPath;
    private final Handler handler;
    private final AtomicLong count = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch empty = new CountDownLatch(1);

    /// @param contextPath `/`, or a path that begins with a slash and does not end with one
    public Route(String contextPath, Handler handler) {
        this.contextPath = contextPath;
        this.handler = handler;
    }

    public String contextPath() {
        return contextPath;
    }

    Handler handler() {
        return handler;
    }

    boolean matches(String path) {
        int length = contextPath.length();
        return length == 1 || (path.startsWith(contextPath) && (path.length() == length || path.charAt(length) == '/'));
    }

    /// Counts a request in, unless the route is closed.
    boolean enter() {
        if (count.getAndIncrement() >= 0) {
            return true;
        }
        exit();
        return false;
    }

    void exit() {
        if (count.decrementAndGet() == CLOSED) {
            empty.countDown();
        }
    }

    void close() {
        if (closing.compareAndSet(false, true) && count.addAndGet(CLOSED) == CLOSED) {
            empty.countDown();
        }
    }

    /// How many requests are inside.
    public long requests() {
        return count.get() & Long.MAX_VALUE;
    }

    /// Waits until no request is inside. To be called on a closed route.
    ///
    /// @return whether that came true in time
    public boolean drained(Duration timeout) throws InterruptedException {
        return empty.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
