package dev.pier.server.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Limits the requests in flight of each client, so that one client cannot take what all of them share: with HTTP/2, a
/// few connections carry thousands of requests, each of which may wait in a call. Further requests get 429.
///
/// A client is an address, or the first half of an IPv6 address, because one machine may have all addresses that
/// begin so. Behind a proxy it is the proxy, unless `http.trust-forwarded` is set.
///
/// *Threads.* Safe for all threads. The thread that runs a request knows its client: [#current].
final class ClientRequests extends Handler.Wrapper {
    private static final int PREFIX_BYTES = 8;
    private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

    private final int max;
    private final ClientCounts inFlight;

    /// @param max how many requests of one client may be in flight
    ClientRequests(int max, Handler handler) {
        super(handler);
        this.max = max;
        this.inFlight = new ClientCounts(max, "requests", "in flight", "http.max-requests-per-client");
    }

    /// The client whose request the calling thread runs; `null` if it runs none. Threads that an application starts
    /// don't know it.
    static @Nullable String current() {
        return CURRENT.get();
    }

    /// The number of clients with requests in flight.
    int clients() {
        return inFlight.clients();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String client = client(Request.getRemoteAddr(request));
        if (!inFlight.enter(client)) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
            Response.writeError(
                    request,
                    response,
                    callback,
                    HttpStatus.TOO_MANY_REQUESTS_429,
                    "Too many requests of one client: " + max + " are in flight (http.max-requests-per-client)");
            return true;
        }
        Request.addCompletionListener(request, _ -> inFlight.leave(client));
        CURRENT.set(client);
        try {
            return super.handle(request, response, callback);
        } finally {
            CURRENT.remove();
        }
    }

    /// The name of the client with an address.
    static String client(@Nullable String address) {
        if (address == null || address.indexOf(':') < 0) {
            return String.valueOf(address);
        }
        try {
            InetAddress parsed = InetAddress.ofLiteral(
                    address.startsWith("[") && address.endsWith("]")
                            ? address.substring(1, address.length() - 1)
                            : address);
            if (parsed instanceof Inet6Address v6) {
                byte[] bytes = v6.getAddress();
                StringBuilder prefix = new StringBuilder();
                for (int i = 0; i < PREFIX_BYTES; i += 2) {
                    prefix.append(Integer.toHexString(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)))
                            .append(':');
                }
                return prefix.append("/64").toString();
            }
            return parsed.getHostAddress();
        } catch (IllegalArgumentException notLiteral) {
            // A name from the header `Forwarded`, with a port.
        }
        return address;
    }
}
