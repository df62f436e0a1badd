package dev.pier.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Leads each request to the application with the longest context path that fits.
///
/// A route is replaced without losing a request: a request counts itself into a route before it is let in, and if the
/// route was closed in that moment, it looks again and finds the new one. Jetty's own collection of contexts cannot do
/// this: between its choice and the count a context may be gone. Requests run on their own threads; routes are changed
/// by one thread at a time.
public final class Router extends Handler.Abstract {
    /// The request attribute that says which application a request belongs to: its context path.
    static final String APPLICATION = "dev.pier.application";

    private volatile List<Route> routes = List.of();

    /// Adds a route, in the place of the one with the same context path.
    ///
    /// @return the route that was replaced; it is closed and may still have requests inside
    public synchronized Optional<Route> put(Route route) {
        Optional<Route> replaced = find(route.contextPath());
        List<Route> changed = new ArrayList<>(routes);
        replaced.ifPresent(changed::remove);
        changed.add(route);
        changed.sort(
                Comparator.comparingInt((Route it) -> it.contextPath().length()).reversed());
        routes = List.copyOf(changed);
        replaced.ifPresent(Route::close);
        return replaced;
    }

    /// Removes a route and closes it; requests may still be inside.
    public synchronized void remove(Route route) {
        routes = routes.stream().filter(it -> it != route).toList();
        route.close();
    }

    private Optional<Route> find(String contextPath) {
        return routes.stream()
                .filter(it -> it.contextPath().equals(contextPath))
                .findFirst();
    }

    /// How many requests are inside all routes; those of replaced routes are not counted.
    public long requests() {
        return routes.stream().mapToLong(Route::requests).sum();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = Request.getPathInContext(request);
        while (true) {
            Optional<Route> found =
                    routes.stream().filter(it -> it.matches(path)).findFirst();
            if (found.isEmpty()) {
                return false;
            }
            // A route is taken out of the list before it is closed: whoever fails to enter finds another list.
            if (found.get().enter()) {
                return pass(found.get(), request, response, callback);
            }
        }
    }

    private static boolean pass(Route route, Request request, Response response, Callback callback) throws Exception {
        request.setAttribute(APPLICATION, route.contextPath());
        AbortedResponseReset.install(request, response);
        InFlightRequest visit = new InFlightRequest(route, callback);
        boolean handled = false;
        try {
            handled = route.handler().handle(request, response, visit);
            return handled;
        } finally {
            visit.end();
            if (!handled) {
                visit.end();
            }
        }
    }

    /// Ends when both the handler has returned and the response is complete, whichever comes last: an application's
    /// classes are needed until then.
    private static final class InFlightRequest extends Callback.Nested {
        private final Route route;
        private final AtomicInteger pending = new AtomicInteger(2);

        InFlightRequest(Route route, Callback callback) {
            super(callback);
            this.route = route;
        }

        @Override
        public void completed() {
            end();
        }

        void end() {
            if (pending.decrementAndGet() == 0) {
                route.exit();
            }
        }
    }
}
