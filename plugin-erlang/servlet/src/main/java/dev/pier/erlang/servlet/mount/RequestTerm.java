package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.servlet.Upload;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Enumeration;

/// The head of a request as a map for the modules of Pier on a peer. Text of a client becomes binaries,
/// never atoms.
final class RequestTerm {
    private static final EncodedMap.Key METHOD = EncodedMap.Key.of("method");
    private static final EncodedMap.Key SCHEME = EncodedMap.Key.of("scheme");
    private static final EncodedMap.Key SCRIPT_NAME = EncodedMap.Key.of("script_name");
    private static final EncodedMap.Key PATH_INFO = EncodedMap.Key.of("path_info");
    private static final EncodedMap.Key QUERY_STRING = EncodedMap.Key.of("query_string");
    private static final EncodedMap.Key HEADERS = EncodedMap.Key.of("headers");
    private static final EncodedMap.Key CONTENT_TYPE = EncodedMap.Key.of("content_type");
    private static final EncodedMap.Key CONTENT_LENGTH = EncodedMap.Key.of("content_length");
    private static final EncodedMap.Key SERVER_NAME = EncodedMap.Key.of("server_name");
    private static final EncodedMap.Key SERVER_PORT = EncodedMap.Key.of("server_port");
    private static final EncodedMap.Key PROTOCOL = EncodedMap.Key.of("protocol");
    private static final EncodedMap.Key REMOTE_ADDR = EncodedMap.Key.of("remote_addr");
    private static final EncodedMap.Key REMOTE_USER = EncodedMap.Key.of("remote_user");
    private static final EncodedMap.Key AUTH_TYPE = EncodedMap.Key.of("auth_type");
    private static final EncodedMap.Key SOFTWARE = EncodedMap.Key.of("software");
    private static final EncodedMap.Key PATH = EncodedMap.Key.of("path");
    private static final EncodedMap.Key REMOTE_PORT = EncodedMap.Key.of("remote_port");
    static final EncodedMap.Key LOCAL_ADDR = EncodedMap.Key.of("local_addr");
    private static final EncodedMap.Key LOCAL_PORT = EncodedMap.Key.of("local_port");
    private static final EncodedMap.Key TLS_CIPHER_SUITE = EncodedMap.Key.of("tls_cipher_suite");
    private static final EncodedMap.Key CLIENT_CERTIFICATE = EncodedMap.Key.of("client_certificate");
    private static final EncodedMap.Key WEBSOCKET = EncodedMap.Key.of("websocket");

    private RequestTerm() {}

    /// The body of a request as an argument: an upload, or `undefined` without a body.
    static Object body(HttpServletRequest request, ErlangNode node) throws IOException {
        return hasBody(request) ? Upload.of(request, node) : Atom.UNDEFINED;
    }

    /// Whether a body follows the head, which may be empty. Only HTTP/1.1 says it in the head.
    private static boolean hasBody(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        return length > 0
                || (length < 0
                        && (request.getHeader("Transfer-Encoding") != null
                                || request.getContentType() != null
                                || (request.getProtocol().startsWith("HTTP/2")
                                        && Gateway.Call.hasBody(request.getMethod()))));
    }

    /// @param stripPath whether the path of the mount is the script name, and not a part of the path info
    /// @param rawPath whether the path info is as the client has sent it, and not decoded
    static EncodedMap of(HttpServletRequest request, boolean stripPath, boolean rawPath) {
        return of(request, stripPath, rawPath, false);
    }

    /// What a connection knows beside the head: the path as the client has sent it, the addresses and
    /// TLS.
    static EncodedMap ofConnection(HttpServletRequest request, boolean stripPath) {
        boolean socket = SocketRequest.isOne(request);
        EncodedMap map = of(request, stripPath, true, socket);
        String path = stripPath ? rawBelow(request) : request.getRequestURI();
        map.putLatin1(PATH, path.isEmpty() ? "/" : path);
        map.putInteger(REMOTE_PORT, request.getRemotePort());
        map.putLatin1(LOCAL_ADDR, request.getLocalAddr());
        map.putInteger(LOCAL_PORT, request.getLocalPort());
        putTls(map, request);
        if (socket) {
            map.putTerm(WEBSOCKET, Atom.TRUE);
        }
        return map;
    }

    /// @param socket whether the request is described as a handshake of HTTP/1.1
    private static EncodedMap of(HttpServletRequest request, boolean stripPath, boolean rawPath, boolean socket) {
        EncodedMap map = new EncodedMap();
        map.putLatin1(METHOD, socket ? SocketRequest.METHOD : request.getMethod());
        map.putLatin1(SCHEME, request.getScheme());
        String mount = request.getContextPath() + request.getServletPath();
        String below = rawPath ? rawBelow(request) : decodedBelow(request);
        // Paths are decoded as UTF-8.
        map.putUtf8(SCRIPT_NAME, stripPath ? mount : "");
        map.putUtf8(PATH_INFO, stripPath ? below : mount + below);
        map.putLatin1(QUERY_STRING, request.getQueryString() == null ? "" : request.getQueryString());
        putHeaders(map, request, socket);
        map.putLatin1(CONTENT_TYPE, request.getContentType());
        long length = request.getContentLengthLong();
        if (length >= 0) {
            map.putInteger(CONTENT_LENGTH, length);
        }
        map.putLatin1(SERVER_NAME, request.getServerName());
        map.putInteger(SERVER_PORT, request.getServerPort());
        map.putLatin1(PROTOCOL, socket ? SocketRequest.PROTOCOL : request.getProtocol());
        map.putLatin1(REMOTE_ADDR, request.getRemoteAddr());
        map.putLatin1(REMOTE_USER, request.getRemoteUser());
        map.putLatin1(AUTH_TYPE, request.getAuthType());
        map.putLatin1(SOFTWARE, "Pier");
        return map;
    }

    private static void putHeaders(EncodedMap map, HttpServletRequest request, boolean socket) {
        int list = map.beginPairs(HEADERS);
        int count = 0;
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            if (!socket || SocketRequest.keeps(name)) {
                for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements(); count++) {
                    map.addPair(name, values.nextElement());
                }
            }
        }
        map.endPairs(list, socket ? count + SocketRequest.addHeaders(map, request) : count);
    }

    /// The cipher suite of TLS, and the certificate of the client.
    ///
    /// SPEC: Jakarta Servlet 6.1, section 3.10
    private static void putTls(EncodedMap map, HttpServletRequest request) {
        if (request.getAttribute("jakarta.servlet.request.cipher_suite") instanceof String suite) {
            map.putLatin1(TLS_CIPHER_SUITE, suite);
        }
        if (request.getAttribute("jakarta.servlet.request.X509Certificate") instanceof X509Certificate[] chain
                && chain.length > 0) {
            try {
                map.putTerm(CLIENT_CERTIFICATE, Binary.of(chain[0].getEncoded()));
            } catch (CertificateEncodingException _) {
                // The connection has been accepted with it, so that it can be encoded.
            }
        }
    }

    /// The rest of the path after that of the mount, as the client has sent it, with the query.
    static String target(HttpServletRequest request) {
        String query = request.getQueryString();
        return query == null ? rawBelow(request) : rawBelow(request) + "?" + query;
    }

    private static String decodedBelow(HttpServletRequest request) {
        return request.getPathInfo() == null ? "" : request.getPathInfo();
    }

    private static String rawBelow(HttpServletRequest request) {
        String mount = request.getContextPath() + request.getServletPath();
        String raw = request.getRequestURI();
        // The client may have sent the path of the mount in another form.
        return raw.startsWith(mount) ? raw.substring(mount.length()) : decodedBelow(request);
    }
}
