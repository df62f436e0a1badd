package dev.pier.server.http;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Closes the connections of HTTP/1 after each response while the server is about to stop, so that the next request of
/// a client goes to a server that stays. Until then, it only passes requests on.
///
/// Connections of HTTP/2, and those that become WebSockets, stay until the server stops.
///
/// *Threads.* Safe for all threads.
final class ShutdownDelayHandler extends Handler.Wrapper {
    private static final String WEBSOCKET = "websocket";

    private volatile boolean begun;

    ShutdownDelayHandler(Handler handler) {
        super(handler);
    }

    /// From now on, responses close their connections.
    void begin() {
        begun = true;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (begun && mayClose(request)) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
        return super.handle(request, response, callback);
    }

    private static boolean mayClose(Request request) {
        return request.getConnectionMetaData().getHttpVersion().getVersion() <= HttpVersion.HTTP_1_1.getVersion()
                && !request.getHeaders().contains(HttpHeader.UPGRADE, WEBSOCKET);
    }
}
