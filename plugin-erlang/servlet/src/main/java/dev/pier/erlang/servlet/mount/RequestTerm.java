package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.servlet.Upload;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The head of a request as a map for the modules of Pier on a peer. Text of a client becomes binaries,
/// never atoms.
final class RequestTerm {
    private static final String SOFTWARE = "Pier";

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
    static Map<Atom, Term> of(HttpServletRequest request, boolean stripPath, boolean rawPath) {
        Map<Atom, Term> map = new LinkedHashMap<>();
        put(map, "method", latin1(request.getMethod()));
        put(map, "scheme", latin1(request.getScheme()));
        String mount = request.getContextPath() + request.getServletPath();
        String below = rawPath ? rawBelow(request) : decodedBelow(request);
        put(map, "script_name", utf8(stripPath ? mount : ""));
        put(map, "path_info", utf8(stripPath ? below : mount + below));
        put(map, "query_string", latin1(request.getQueryString() == null ? "" : request.getQueryString()));
        put(map, "headers", headers(request));
        put(map, "content_type", latin1(request.getContentType()));
        long length = request.getContentLengthLong();
        put(map, "content_length", length < 0 ? null : IntegerTerm.of(length));
        put(map, "server_name", latin1(request.getServerName()));
        put(map, "server_port", IntegerTerm.of(request.getServerPort()));
        put(map, "protocol", latin1(request.getProtocol()));
        put(map, "remote_addr", latin1(request.getRemoteAddr()));
        put(map, "remote_user", latin1(request.getRemoteUser()));
        put(map, "auth_type", latin1(request.getAuthType()));
        put(map, "software", latin1(SOFTWARE));
        return map;
    }

    /// What a connection knows beside the head: the path as the client has sent it, the addresses and
    /// TLS.
    static Map<Atom, Term> ofConnection(HttpServletRequest request, boolean stripPath) {
        Map<Atom, Term> map = of(request, stripPath, true);
        String path = stripPath ? rawBelow(request) : request.getRequestURI();
        put(map, "path", bytes(path.isEmpty() ? "/" : path));
        put(map, "remote_port", IntegerTerm.of(request.getRemotePort()));
        put(map, "local_addr", latin1(request.getLocalAddr()));
        put(map, "local_port", IntegerTerm.of(request.getLocalPort()));
        putTls(map, request);
        if (SocketRequest.isOne(request)) {
            SocketRequest.describe(request, map);
        }
        return map;
    }

    /// The cipher suite of TLS, and the certificate of the client.
    ///
    /// SPEC: Jakarta Servlet 6.1, section 3.10
    private static void putTls(Map<Atom, Term> map, HttpServletRequest request) {
        if (request.getAttribute("jakarta.servlet.request.cipher_suite") instanceof String suite) {
            put(map, "tls_cipher_suite", latin1(suite));
        }
        if (request.getAttribute("jakarta.servlet.request.X509Certificate") instanceof X509Certificate[] chain
                && chain.length > 0) {
            try {
                put(map, "client_certificate", Binary.of(chain[0].getEncoded()));
            } catch (CertificateEncodingException _) {
                // The connection has been accepted with it, so that it can be encoded.
            }
        }
    }

    /// The rest of the path after that of the mount, as the client has sent it, with the query.
    static Term target(HttpServletRequest request) {
        String query = request.getQueryString();
        return bytes(query == null ? rawBelow(request) : rawBelow(request) + "?" + query);
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

    private static void put(Map<Atom, Term> map, String key, @Nullable Term value) {
        if (value != null) {
            map.put(Atom.of(key), value);
        }
    }

    private static ListTerm headers(HttpServletRequest request) {
        return new ListTerm(headers(request, _ -> true));
    }

    /// The headers of a request whose names pass.
    static List<Term> headers(HttpServletRequest request, Predicate<String> passes) {
        List<Term> headers = new ArrayList<>();
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            if (passes.test(name)) {
                for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements(); ) {
                    headers.add(header(name, values.nextElement()));
                }
            }
        }
        return headers;
    }

    static Tuple header(String name, String value) {
        return Tuple.of(bytes(name), bytes(value));
    }

    private static @Nullable Binary latin1(@Nullable String text) {
        return text == null ? null : bytes(text);
    }

    /// The bytes that the container has read as these characters.
    static Binary bytes(String text) {
        return Binary.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Paths are decoded as UTF-8.
    private static Binary utf8(String text) {
        return Binary.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
