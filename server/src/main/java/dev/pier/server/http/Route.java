package dev.pier.server.http;

import dev.pier.server.plugin.Hosts;
import dev.pier.server.plugin.Mount;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;

/// A context path of certain hosts with its handler and the number of requests in flight in it. A closed
/// route admits no further requests, so that an empty closed route stays empty.
///
/// *Threads.* Safe for all threads; admitting a request never blocks.
public final class Route {
    /// Added to the count when the route is closed: the count of a closed route is negative.
    private static final long CLOSED = Long.MIN_VALUE;

    private final String id;
    private final String contextPath;
    private final Hosts hosts;
    private final Handler handler;
    private final RouteRules rules;
    private final boolean isMount;
    private final AtomicLong count = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch empty = new CountDownLatch(1);

    /// The route of an application.
    ///
    /// @param id the application in metrics
    /// @param contextPath `/`, or a path that begins with a slash and does not end with one
    public Route(String id, String contextPath, Hosts hosts, Handler handler, RouteRules rules) {
        this(id, contextPath, hosts, handler, rules, false);
    }

    /// The route of a mount, which a plugin serves.
    public Route(Mount mount, Handler handler) {
        this(
                mount.path(),
                mount.path(),
                new Hosts(mount.hosts()),
                handler,
                new RouteRules(mount.maxRequestBody(), mount.setting(), mount.rawPath()),
                true);
    }

    private Route(String id, String contextPath, Hosts hosts, Handler handler, RouteRules rules, boolean isMount) {
        this.id = id;
        this.contextPath = contextPath;
        this.hosts = hosts;
        this.handler = handler;
        this.rules = rules;
        this.isMount = isMount;
    }

    String id() {
        return id;
    }

    String contextPath() {
        return contextPath;
    }

    Hosts hosts() {
        return hosts;
    }

    Handler handler() {
        return handler;
    }

    boolean isMount() {
        return isMount;
    }

    RouteRules rules() {
        return rules;
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
