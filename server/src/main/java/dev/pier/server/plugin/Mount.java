package dev.pier.server.plugin;

import jakarta.servlet.Servlet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A path that a plugin serves with a servlet, in a context of its own.
///
/// The servlet gets the context path, and what follows it as path info; the path info of a request to the
/// context path itself is null. A request has the attributes [#CLIENT_GONE] and [#INFORM]. The servlet context has a
/// `jakarta.websocket.server.ServerContainer`, unless WebSockets are disabled.
///
/// @param path the context path: `/shop`, or `/`
/// @param servlet serves everything at and below the path; may be asynchronous. The server initializes it at
///     its start, and destroys it after the last request
/// @param hosts the names of [Hosts] that it serves; empty for all
/// @param maxRequestBody the limit for a request body in bytes; null for `http.max-request-body`
/// @param setting the setting with that limit, for the message
/// @param rawPath whether paths with `%2F`, `%25` or `//` reach the servlet; otherwise they get 400. It reads
///     them from the request URI: the path info is decoded
public record Mount(
        String path,
        Servlet servlet,
        Set<String> hosts,
        @Nullable Long maxRequestBody,
        String setting,
        boolean rawPath) {
    /// The request attribute with a `BooleanSupplier`. It is true if the client has left, so that work which writes
    /// nothing can be stopped. Call it about once a second, on the thread of the request, and not while a body is
    /// read: it looks at the connection. It is false when that is unknown.
    public static final String CLIENT_GONE = "dev.pier.client-gone";

    /// The request attribute with the content type of the response as it is to be sent. Without it, Jetty
    /// writes types in its own way: `text/html;charset=utf-8` for `text/html; charset=UTF-8`.
    public static final String CONTENT_TYPE = "dev.pier.content-type";

    /// The request attribute that sends an informational response, such as 103, with its headers: a
    /// `BiConsumer<Integer, Map<String, List<String>>>`. Call it on the thread of the request, before the response.
    public static final String INFORM = "dev.pier.inform";

    /// The form of a path, for messages.
    public static final String EXPECTED_PATH =
            "expected \"/\", \"/name\" or \"/name/more\" of letters, digits and . _ ~ @ + -";

    private static final Pattern PATH = Pattern.compile("/|(/[A-Za-z0-9._~@+-]+)+");

    public Mount {
        hosts = Set.copyOf(hosts);
        if (!isPath(path)) {
            throw new IllegalArgumentException("'" + path + "' is not the path of a mount: " + EXPECTED_PATH);
        }
    }

    /// Whether the mount serves requests to a host.
    public boolean isFor(@Nullable String host) {
        return new Hosts(hosts).match(host) != Hosts.Match.NONE;
    }

    /// Whether a text can be the path of a mount or of an application.
    public static boolean isPath(String text) {
        return PATH.matcher(text).matches() && !text.matches(".*/\\.{1,2}(/.*)?");
    }
}
