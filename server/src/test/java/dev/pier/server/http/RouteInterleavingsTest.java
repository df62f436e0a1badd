package dev.pier.server.http;

import dev.pier.server.plugin.Hosts;
import java.time.Duration;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.handler.DefaultHandler;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Searches the interleavings of requests and closing for one in which a drained route has a request inside, or a
/// closed route never drains.
///
/// Lincheck runs each thread step by step. It follows objects only through fields, so the threads are classes instead
/// of lambdas; and it follows `join` only on variables of the type [Thread].
@Tag("stress")
class RouteInterleavingsTest {
    private static final int INVOCATIONS = 500;
    private static final Handler HANDLER = new DefaultHandler();

    /// One request.
    private static final class Request extends Thread {
        private final Route route;
        private volatile boolean inside;

        Request(Route route) {
            this.route = route;
        }

        @Override
        public void run() {
            if (route.enter()) {
                inside = true;
                inside = false;
                route.exit();
            }
        }
    }

    /// Closes the route, and waits until it is empty.
    private static final class Closer extends Thread {
        private final Route route;
        private final Request[] requests;

        Closer(Route route, Request... requests) {
            this.route = route;
            this.requests = requests;
        }

        @Override
        public void run() {
            route.close();
            try {
                require(route.drained(Duration.ofMinutes(1)), "the route does not drain");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            for (Request request : requests) {
                require(!request.inside, "a drained route has a request inside");
            }
        }
    }

    private static void require(boolean fine, String problem) {
        if (!fine) {
            throw new AssertionError(problem);
        }
    }

    private static void run(Thread... threads) {
        for (Thread thread : threads) {
            thread.start();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aClosedRouteDrainsAndStaysEmpty() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Route route = new Route("/", "/", Hosts.ALL, HANDLER, RouteRules.DEFAULT);
            Request one = new Request(route);
            Request two = new Request(route);
            run(one, two, new Closer(route, one, two));
            require(!route.enter(), "a closed route accepts a request");
            require(route.requests() == 0, "the count is not zero");
        });
    }

    @Test
    void twoClosersDrainOnce() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Route route = new Route("/", "/", Hosts.ALL, HANDLER, RouteRules.DEFAULT);
            Request one = new Request(route);
            run(one, new Closer(route, one), new Closer(route, one));
            require(route.requests() == 0, "the count is not zero");
        });
    }
}
