package dev.pier.server.http;

import dev.pier.server.plugin.Hosts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Routes by their context path, so that finding one takes as long with a thousand applications as with one. Immutable.
final class RouteTable {
    static final RouteTable EMPTY = new RouteTable(List.of());

    private static final String ROOT = "/";

    private final List<Route> all;
    private final Map<String, List<Route>> byPath = new HashMap<>();

    /// How many characters the longest context path has.
    private final int longest;

    RouteTable(List<Route> routes) {
        all = List.copyOf(routes);
        all.forEach(route -> byPath.computeIfAbsent(route.contextPath(), _ -> new ArrayList<>())
                .add(route));
        longest = byPath.keySet().stream().mapToInt(String::length).max().orElse(0);
    }

    List<Route> all() {
        return all;
    }

    /// The route with the longest matching context path that serves the host. Of those at the same path, the one that
    /// matches the host best.
    ///
    /// @param path of a request, decoded
    /// @param host asked for if there is a route at the path
    @Nullable
    Route find(String path, Supplier<String> host) {
        int end = path.length() <= longest ? path.length() : path.lastIndexOf('/', longest);
        while (end > 0) {
            Route found = find(byPath.get(path.substring(0, end)), host);
            if (found != null) {
                return found;
            }
            end = path.lastIndexOf('/', end - 1);
        }
        return find(byPath.get(ROOT), host);
    }

    private static @Nullable Route find(@Nullable List<Route> routes, Supplier<String> host) {
        if (routes == null) {
            return null;
        }
        Route best = null;
        Hosts.Match rank = Hosts.Match.NONE;
        for (Route route : routes) {
            Hosts.Match match = route.hosts().match(host.get());
            if (match.compareTo(rank) > 0) {
                best = route;
                rank = match;
            }
        }
        return best;
    }
}
