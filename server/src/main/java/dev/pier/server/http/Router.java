package dev.pier.server.http;

import dev.pier.server.plugin.Hosts;
import java.util.ArrayList;
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
import org.jspecify.annotations.Nullable;

/// Passes each request to the application or mount with the longest matching context path. Of those at the same path,
/// the one that names the request's host comes first, then one with a wildcard that matches it, then one for all hosts.
///
/// A route is replaced without losing a request: a request enters a route before it is handled, and if the route was
/// closed in the meantime, the request looks up the new route. Jetty's own collection of contexts has a gap between
/// choosing a context and counting the request in it.
///
/// *Threads.* Safe for all threads. Requests take no lock.
public final class Router extends Handler.Abstract {
    /// The request attribute with the id of the application or mount that handles the request.
    static final String APPLICATION = "dev.pier.application";

    /// The request attribute with the mapping of the servlet that handles the request, or the path of the
    /// mount.
    private static final String MAPPING = "dev.pier.mapping";

    /// Stands for the mapping `""`, the path of the application itself.
    private static final String ROOT = "root";

    /// The request attribute with the route that [#rulesOf] has found. It is removed before an application sees it.
    private static final String ROUTE = "dev.pier.route";

    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    /// Guards changes of `routes`.
    private final Object changes = new Object();

    /// Replaced as a whole.
    private volatile RouteTable routes = RouteTable.EMPTY;

    /// Adds a route, in the same step in which it removes another one. Both may have different paths and hosts.
    ///
    /// @param replaced the version before; null for the first. It is closed, and may still have requests in flight
    public void put(Route route, @Nullable Route replaced) {
        synchronized (changes) {
            List<Route> changed = new ArrayList<>(routes.all());
            changed.remove(replaced);
            changed.add(route);
            routes = new RouteTable(changed);
            if (replaced != null) {
                replaced.close();
            }
        }
    }

    /// Removes a route and closes it; it may still have requests in flight.
    public void remove(Route route) {
        synchronized (changes) {
            routes = new RouteTable(
                    routes.all().stream().filter(it -> it != route).toList());
            route.close();
        }
    }

    /// The hosts of a context path that a mount serves, so that no application can: a name, or `all hosts`.
    public Optional<String> mounted(String contextPath, Hosts hosts) {
        return routes.all().stream()
                .filter(it -> it.isMount() && it.contextPath().equals(contextPath))
                .flatMap(it -> it.hosts().conflict(hosts).stream())
                .findFirst();
    }

    /// The rules for a request. The request remembers its route.
    RouteRules rulesOf(Request request) {
        Route route = find(request);
        request.setAttribute(ROUTE, route);
        return route == null ? RouteRules.DEFAULT : route.rules();
    }

    private @Nullable Route find(Request request) {
        return routes.find(Request.getPathInContext(request), () -> Request.getServerName(request));
    }

    /// Notes the mapping of the servlet that handles a request, such as `/users/*`.
    public static void mapped(Request request, String pattern) {
        request.setAttribute(MAPPING, pattern.isEmpty() ? ROOT : pattern);
    }

    /// The mapping of the servlet that handles a request, or the path of the mount; null for other requests.
    static @Nullable String mapping(Request request) {
        return request.getAttribute(MAPPING) instanceof String mapping ? mapping : null;
    }

    /// The number of requests in flight in all routes, without those in replaced or removed routes.
    public long requests() {
        return routes.all().stream().mapToLong(Route::requests).sum();
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
        Route route = request.removeAttribute(ROUTE) instanceof Route found ? found : find(request);
        while (true) {
            if (ambiguous.isPresent() && (route == null || !route.rules().rawPath())) {
                Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400, ambiguous.get());
                return true;
            }
            if (route == null) {
                return false;
            }
            if (route.enter()) {
                return pass(route, request, response, callback);
            }
            // A route leaves the list before it is closed, so the next look-up cannot find it again.
            route = find(request);
        }
    }

    private static boolean hasOtherTransferCodings(Request request) {
        return request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)
                && !request.getHeaders().getCSV(HttpHeader.TRANSFER_ENCODING, false).stream()
                        .allMatch("chunked"::equalsIgnoreCase);
    }

    private static boolean pass(Route route, Request request, Response response, Callback callback) throws Exception {
        request.setAttribute(APPLICATION, route.id());
        if (route.isMount()) {
            request.setAttribute(MAPPING, route.contextPath());
        }
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
