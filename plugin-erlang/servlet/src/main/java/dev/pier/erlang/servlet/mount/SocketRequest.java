package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Requests for WebSockets, which applications see as HTTP/1.1 has them, whatever the client's version is.
///
/// SPEC: RFC 6455, section 4.1; RFC 8441, section 4
final class SocketRequest {
    private static final Atom WEBSOCKET = Atom.of("websocket");
    private static final Atom METHOD = Atom.of("method");
    private static final Atom PROTOCOL = Atom.of("protocol");
    private static final Atom HEADERS = Atom.of("headers");
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

    /// Describes the request as a handshake of HTTP/1.1.
    static void describe(HttpServletRequest request, Map<Atom, Term> map) {
        List<Term> headers = RequestTerm.headers(request, name -> !REPLACED.contains(name.toLowerCase(Locale.ROOT)));
        headers.add(RequestTerm.header("Connection", "Upgrade"));
        headers.add(RequestTerm.header("Upgrade", "websocket"));
        if (request.getHeader(KEY) == null) {
            byte[] key = new byte[KEY_BYTES];
            ThreadLocalRandom.current().nextBytes(key);
            headers.add(RequestTerm.header(KEY, Base64.getEncoder().encodeToString(key)));
        }
        map.put(HEADERS, new ListTerm(headers));
        map.put(METHOD, RequestTerm.bytes("GET"));
        map.put(PROTOCOL, RequestTerm.bytes("HTTP/1.1"));
        map.put(WEBSOCKET, Atom.TRUE);
    }
}
