package dev.pier.server.http;

import dev.pier.server.plugin.Mount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Passes each request to the application with the longest matching context path.
///
/// A route is replaced without losing a request: a request enters a route before it is handled, and if the route was
/// closed in the meantime, the request looks up the new route. Jetty's own collection of contexts has a gap between
/// choosing a context and counting the request in it.
///
/// *Threads.* Safe for all threads. Requests take no lock.
public final class Router extends Handler.Abstract {
    /// The request attribute with the context path of the application that handles the request.
    static final String APPLICATION = "dev.pier.application";

    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    /// Longest context path first. At the same path, a mount for certain hosts comes before the others.
    private static final Comparator<Route> ORDER = Comparator.comparingInt(
                    (Route it) -> it.contextPath().length())
            .reversed()
            .thenComparing(Router::servesAllHosts);

    /// Guards changes of `routes`.
    private final Object changes = new Object();

    /// Longest context path first; replaced as a whole.
    private volatile List<Route> routes = List.of();

    /// Adds a route, or replaces the route with the same context path.
    ///
    /// @return the replaced route; it is closed and may still have requests in flight
    public Optional<Route> put(Route route) {
        synchronized (changes) {
            Optional<Route> replaced = find(route.contextPath());
            replace(replaced, route);
            replaced.ifPresent(Route::close);
            return replaced;
        }
    }

    /// Removes a route and closes it; it may still have requests in flight.
    public void remove(Route route) {
        synchronized (changes) {
            routes = routes.stream().filter(it -> it != route).toList();
            route.close();
        }
    }

    private Optional<Route> find(String contextPath) {
        return routes.stream()
                .filter(it -> it.mount() == null && it.contextPath().equals(contextPath))
                .findFirst();
    }

    private static boolean servesAllHosts(Route route) {
        Mount mount = route.mount();
        return mount == null || mount.hosts().isEmpty();
    }

    /// Adds the route of a mount, which no application replaces.
    public void mount(Route route) {
        synchronized (changes) {
            replace(Optional.empty(), route);
        }
    }

    private void replace(Optional<Route> old, Route route) {
        List<Route> changed = new ArrayList<>(routes);
        old.ifPresent(changed::remove);
        changed.add(route);
        changed.sort(ORDER);
        routes = List.copyOf(changed);
    }

    /// Whether a mount serves a context path for all hosts, so that no application can.
    public boolean isMounted(String contextPath) {
        return routes.stream()
                .anyMatch(it -> it.mount() != null
                        && servesAllHosts(it)
                        && it.contextPath().equals(contextPath));
    }

    /// The rules for a request.
    RouteRules rulesOf(Request request) {
        return route(Request.getPathInContext(request), request)
                .map(Route::rules)
                .orElse(RouteRules.DEFAULT);
    }

    private Optional<Route> route(String path, Request request) {
        return routes.stream().filter(it -> it.matches(path, request)).findFirst();
    }

    /// The number of requests in flight in all routes, without those in replaced or removed routes.
    public long requests() {
        return routes.stream().mapToLong(Route::requests).sum();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = Request.getPathInContext(request);
        if (path.equals("*") && HttpMethod.OPTIONS.is(request.getMethod())) {
            // SPEC: RFC 9110, section 9.3.7: asks about the server, not about an application.
            response.getHeaders().put(HttpHeader.ALLOW, METHODS);
            callback.succeeded();
            return true;
        }
        if (hasOtherTransferCodings(request)) {
            // SPEC: RFC 9112, section 6.1: Jetty would take what is inside the chunks for the body.
            Response.writeError(
                    request, response, callback, HttpStatus.NOT_IMPLEMENTED_501, "The only transfer coding is chunked");
            return true;
        }
        Optional<String> ambiguous = AmbiguousPaths.problem(request.getHttpURI());
        while (true) {
            Optional<Route> found = route(path, request);
            if (ambiguous.isPresent() && !found.map(it -> it.rules().rawPath()).orElse(false)) {
                Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400, ambiguous.get());
                return true;
            }
            if (found.isEmpty()) {
                return false;
            }
            // A route leaves the list before it is closed, so the next look-up cannot find it again.
            if (found.get().enter()) {
                return pass(found.get(), request, response, callback);
            }
        }
    }

    private static boolean hasOtherTransferCodings(Request request) {
        return request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)
                && !request.getHeaders().getCSV(HttpHeader.TRANSFER_ENCODING, false).stream()
                        .allMatch("chunked"::equalsIgnoreCase);
    }

    private static boolean pass(Route route, Request request, Response response, Callback callback) throws Exception {
        request.setAttribute(APPLICATION, route.contextPath());
        AbortedResponseReset.install(request, response);
        InFlightRequest inFlight = new InFlightRequest(route, callback);
        boolean handled;
        try {
            handled = route.handler().handle(request, response, inFlight);
        } catch (Throwable t) {
            inFlight.abandon();
            throw t;
        }
        if (handled) {
            inFlight.completeStep();
        } else {
            inFlight.abandon();
        }
        return handled;
    }

    /// A request inside a route. It leaves the route when the handler has returned and the response is complete, in
    /// either order: the application's classes are needed until then.
    private static final class InFlightRequest extends Callback.Nested {
        private final Route route;
        private final AtomicInteger pendingSteps = new AtomicInteger(2);

        InFlightRequest(Route route, Callback callback) {
            super(callback);
            this.route = route;
        }

        @Override
        public void completed() {
            completeStep();
        }

        void completeStep() {
            if (pendingSteps.decrementAndGet() == 0) {
                route.exit();
            }
        }

        /// Leaves the route now: the handler has not taken the request, so the callback may never be completed.
        void abandon() {
            if (pendingSteps.getAndSet(0) > 0) {
                route.exit();
            }
        }
    }
}
