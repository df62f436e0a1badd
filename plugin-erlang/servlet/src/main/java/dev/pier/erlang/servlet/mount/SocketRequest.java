package dev.pier.erlang.servlet.mount;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Requests for WebSockets, which applications see as HTTP/1.1 has them, whatever the client's version is.
///
/// SPEC: RFC 6455, section 4.1; RFC 8441, section 4
final class SocketRequest {
    static final String METHOD = "GET";
    static final String PROTOCOL = "HTTP/1.1";
    private static final String KEY = "Sec-WebSocket-Key";
    private static final int KEY_BYTES = 16;

    /// Headers that the request gets anew, and the extensions, which are between the client and the server.
    private static final Set<String> REPLACED = Set.of("connection", "upgrade", "sec-websocket-extensions");

    private SocketRequest() {}

    /// Whether a request asks for a WebSocket. One with a body does not.
    static boolean isOne(HttpServletRequest request) {
        if (request.getProtocol().startsWith("HTTP/2")) {
            return request.getMethod().equals("CONNECT");
        }
        return request.getMethod().equals("GET")
                && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
                && request.getContentLengthLong() <= 0
                && request.getHeader("Transfer-Encoding") == null;
    }

    /// Whether the handshake has a header of the request.
    static boolean keeps(String name) {
        return !REPLACED.contains(name.toLowerCase(Locale.ROOT));
    }

    /// Adds the headers that the handshake gets anew.
    ///
    /// @return how many
    static int addHeaders(EncodedHead head, HttpServletRequest request) {
        head.addPair("Connection", "Upgrade");
        head.addPair("Upgrade", "websocket");
        if (request.getHeader(KEY) != null) {
            return 2;
        }
        byte[] key = new byte[KEY_BYTES];
        ThreadLocalRandom.current().nextBytes(key);
        head.addPair(KEY, Base64.getEncoder().encodeToString(key));
        return 3;
    }
}
