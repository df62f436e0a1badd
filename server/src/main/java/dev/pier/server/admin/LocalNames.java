package dev.pier.server.admin;

import java.net.InetSocketAddress;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;

/// Refuses requests to a loopback address under a name of the internet: a page of any site can let its own name lead to
/// this address and so read what the port answers (DNS rebinding).
final class LocalNames {
    private static final Pattern LOCAL = Pattern.compile("(?i)localhost|.*\\.localhost|[0-9.]+|\\[[0-9a-f:.]+(%.*)?]");

    private LocalNames() {}

    /// Whether the request is for a name of this machine, or did not come over a loopback address.
    static boolean allow(Request request) {
        boolean loopback = request.getConnectionMetaData().getLocalSocketAddress() instanceof InetSocketAddress address
                && address.getAddress().isLoopbackAddress();
        return !loopback || LOCAL.matcher(Request.getServerName(request)).matches();
    }
}
