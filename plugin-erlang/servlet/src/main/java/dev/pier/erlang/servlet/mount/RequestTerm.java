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

/// The head of a request as a term for the modules of Pier on a peer. Text of a client becomes binaries, never
/// atoms.
final class RequestTerm {
    private static final EncodedHead.Key METHOD = EncodedHead.Key.of("method");
    private static final EncodedHead.Key SCHEME = EncodedHead.Key.of("scheme");
    private static final EncodedHead.Key SCRIPT_NAME = EncodedHead.Key.of("script_name");
    private static final EncodedHead.Key PATH_INFO = EncodedHead.Key.of("path_info");
    private static final EncodedHead.Key QUERY_STRING = EncodedHead.Key.of("query_string");
    private static final EncodedHead.Key HEADERS = EncodedHead.Key.of("headers");
    private static final EncodedHead.Key CONTENT_TYPE = EncodedHead.Key.of("content_type");
    private static final EncodedHead.Key CONTENT_LENGTH = EncodedHead.Key.of("content_length");
    private static final EncodedHead.Key SERVER_NAME = EncodedHead.Key.of("server_name");
    private static final EncodedHead.Key SERVER_PORT = EncodedHead.Key.of("server_port");
    private static final EncodedHead.Key PROTOCOL = EncodedHead.Key.of("protocol");
    private static final EncodedHead.Key REMOTE_ADDR = EncodedHead.Key.of("remote_addr");
    private static final EncodedHead.Key REMOTE_USER = EncodedHead.Key.of("remote_user");
    private static final EncodedHead.Key AUTH_TYPE = EncodedHead.Key.of("auth_type");
    private static final EncodedHead.Key SOFTWARE = EncodedHead.Key.of("software");
    private static final EncodedHead.Key PATH = EncodedHead.Key.of("path");
    private static final EncodedHead.Key REMOTE_PORT = EncodedHead.Key.of("remote_port");
    static final EncodedHead.Key LOCAL_ADDR = EncodedHead.Key.of("local_addr");
    private static final EncodedHead.Key LOCAL_PORT = EncodedHead.Key.of("local_port");
    private static final EncodedHead.Key TLS_CIPHER_SUITE = EncodedHead.Key.of("tls_cipher_suite");
    private static final EncodedHead.Key CLIENT_CERTIFICATE = EncodedHead.Key.of("client_certificate");
    private static final EncodedHead.Key WEBSOCKET = EncodedHead.Key.of("websocket");

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

    /// The values of the map alone, in its order.
    ///
    /// @param stripPath whether the path of the mount is the script name, and not a part of the path info
    /// @param rawPath whether the path info is as the client has sent it, and not decoded
    static EncodedHead tuple(HttpServletRequest request, boolean stripPath, boolean rawPath) {
        return put(EncodedHead.tuple(), request, stripPath, rawPath, false);
    }

    /// A map, with the path of the mount as the script name and a decoded path info.
    static EncodedHead map(HttpServletRequest request) {
        return put(EncodedHead.map(), request, true, false, false);
    }

    /// What a connection knows beside the head: the path as the client has sent it, the addresses and
    /// TLS.
    static EncodedHead ofConnection(HttpServletRequest request, boolean stripPath) {
        boolean socket = SocketRequest.isOne(request);
        EncodedHead map = put(EncodedHead.map(), request, stripPath, true, socket);
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

    /// Puts the values in the order in which `pier_ewgi.erl` takes those of a tuple.
    ///
    /// @param socket whether the request is described as a handshake of HTTP/1.1
    private static EncodedHead put(
            EncodedHead head, HttpServletRequest request, boolean stripPath, boolean rawPath, boolean socket) {
        head.putLatin1(METHOD, socket ? SocketRequest.METHOD : request.getMethod());
        head.putLatin1(SCHEME, request.getScheme());
        String mount = request.getContextPath() + request.getServletPath();
        String below = rawPath ? rawBelow(request) : decodedBelow(request);
        // Paths are decoded as UTF-8.
        head.putUtf8(SCRIPT_NAME, stripPath ? mount : "");
        head.putUtf8(PATH_INFO, stripPath ? below : mount + below);
        head.putLatin1(QUERY_STRING, request.getQueryString() == null ? "" : request.getQueryString());
        putHeaders(head, request, socket);
        head.putLatin1(CONTENT_TYPE, request.getContentType());
        long length = request.getContentLengthLong();
        if (length >= 0) {
            head.putInteger(CONTENT_LENGTH, length);
        } else {
            head.putMissing(CONTENT_LENGTH);
        }
        head.putLatin1(SERVER_NAME, request.getServerName());
        head.putInteger(SERVER_PORT, request.getServerPort());
        head.putLatin1(PROTOCOL, socket ? SocketRequest.PROTOCOL : request.getProtocol());
        head.putLatin1(REMOTE_ADDR, request.getRemoteAddr());
        head.putLatin1(REMOTE_USER, request.getRemoteUser());
        head.putLatin1(AUTH_TYPE, request.getAuthType());
        head.putLatin1(SOFTWARE, "Pier");
        return head;
    }

    private static void putHeaders(EncodedHead head, HttpServletRequest request, boolean socket) {
        int list = head.beginPairs(HEADERS);
        int count = 0;
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            if (!socket || SocketRequest.keeps(name)) {
                for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements(); count++) {
                    head.addPair(name, values.nextElement());
                }
            }
        }
        head.endPairs(list, socket ? count + SocketRequest.addHeaders(head, request) : count);
    }

    /// The cipher suite of TLS, and the certificate of the client.
    ///
    /// SPEC: Jakarta Servlet 6.1, section 3.10
    private static void putTls(EncodedHead map, HttpServletRequest request) {
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
