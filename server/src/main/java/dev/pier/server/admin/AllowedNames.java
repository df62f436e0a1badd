package dev.pier.server.admin;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/// The names under which the admin port may be asked. A page of any site can let its own name lead to this machine,
/// and would then be of the same origin as the port (DNS rebinding); its requests have that name in `Host`.
///
/// Allowed are the configured names, those of the loopback address, and the very address at which the request has
/// arrived: probes and scrapers ask by address, and an address cannot be rebound. A request without `Host`, as HTTP/1.0
/// allows, comes from no browser.
///
/// *Threads.* Safe for all threads.
final class AllowedNames {
    private static final Pattern LOCALHOST = Pattern.compile("(.+\\.)?localhost");

    private final Set<String> configured = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    AllowedNames(AdminSettings settings) {
        configured.addAll(settings.names());
        if (literal(settings.host()).isEmpty()) {
            configured.add(settings.host());
        }
    }

    boolean allow(Request request) {
        @Nullable String host = request.getHttpURI().getHost();
        if (host == null || host.isEmpty()) {
            return true;
        }
        String name = host.toLowerCase(Locale.ROOT);
        if (LOCALHOST.matcher(name).matches() || configured.contains(name)) {
            return true;
        }
        return literal(name)
                .filter(address -> address.isLoopbackAddress() || address.equals(receivedAt(request)))
                .isPresent();
    }

    private static @Nullable InetAddress receivedAt(Request request) {
        return request.getConnectionMetaData().getLocalSocketAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : null;
    }

    /// The address that a host is if it is no name, in brackets or without.
    static Optional<InetAddress> literal(String host) {
        boolean inBrackets = host.startsWith("[") && host.endsWith("]");
        try {
            return Optional.of(InetAddress.ofLiteral(inBrackets ? host.substring(1, host.length() - 1) : host));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
