package dev.pier.server.http;

import dev.pier.server.plugin.Mount;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/// A context path with its handler and the number of requests in flight in it. A closed route admits no further
/// requests, so that an empty closed route stays empty.
///
/// *Threads.* Safe for all threads; admitting a request never blocks.
public final class Route {
    /// Added to the count when the route is closed: the count of a closed route is negative.
    private static final long CLOSED = Long.MIN_VALUE;

    private final String contextPath;
    private final Handler handler;
    private final RouteRules rules;
    private final @Nullable Mount mount;
    private final AtomicLong count = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch empty = new CountDownLatch(1);

    /// @param contextPath `/`, or a path that begins with a slash and does not end with one
    public Route(String contextPath, Handler handler, RouteRules rules) {
        this(contextPath, handler, rules, null);
    }

    /// The route of a mount, which a plugin serves.
    public Route(Mount mount, Handler handler) {
        this(mount.path(), handler, new RouteRules(mount.maxRequestBody(), mount.setting(), mount.rawPath()), mount);
    }

    private Route(String contextPath, Handler handler, RouteRules rules, @Nullable Mount mount) {
        this.contextPath = contextPath;
        this.handler = handler;
        this.rules = rules;
        this.mount = mount;
    }

    /// The context path.
    public String contextPath() {
        return contextPath;
    }

    Handler handler() {
        return handler;
    }

    /// The mount; null for an application.
    @Nullable
    Mount mount() {
        return mount;
    }

    RouteRules rules() {
        return rules;
    }

    boolean matches(String path) {
        int length = contextPath.length();
        return length == 1 || (path.startsWith(contextPath) && (path.length() == length || path.charAt(length) == '/'));
    }

    boolean matches(String path, Request request) {
        return matches(path) && (mount == null || mount.isFor(Request.getServerName(request)));
    }

    /// Admits a request and counts it, unless the route is closed. Every admitted request must call [#exit] once.
    ///
    /// @return whether the request was admitted
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

    /// The number of requests in flight.
    public long requests() {
        return count.get() & Long.MAX_VALUE;
    }

    /// Waits until the closed route is empty. An open route is never drained.
    ///
    /// @return whether the route was drained before the timeout
    public boolean drained(Duration timeout) throws InterruptedException {
        return empty.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
