package dev.pier.server.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets every client see that a response has failed in its midst. Runs on the thread of the request.
///
/// A chunked body without its last chunk is seen to be incomplete. But to HTTP/1.0, and to who asks for the connection
/// to be closed (proxies do), the body ends where the connection does, and so a failed response looks like a short one.
/// These connections are reset instead of closed, and below TLS, whose own farewell would make the end look right.
final class AbortedResponseReset extends HttpStream.Wrapper {
    private static final Logger log = LoggerFactory.getLogger(AbortedResponseReset.class);

    private final Request request;
    private final Response response;

    private AbortedResponseReset(HttpStream stream, Request request, Response response) {
        super(stream);
        this.request = request;
        this.response = response;
    }

    static void install(Request request, Response response) {
        if (request.getConnectionMetaData().getHttpVersion().getVersion() <= HttpVersion.HTTP_1_1.getVersion()) {
            request.addHttpStreamWrapper(stream -> new AbortedResponseReset(stream, request, response));
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (isCommitted() && endsWithConnection()) {
            reset();
        }
        super.failed(cause);
    }

    private boolean endsWithConnection() {
        return request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1
                || closes(request.getHeaders())
                || closes(response.getHeaders());
    }

    private static boolean closes(HttpFields headers) {
        return headers.contains(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
    }

    private void reset() {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        while (endPoint.getTransport() instanceof EndPoint carrier) {
            endPoint = carrier;
        }
        if (endPoint.getTransport() instanceof SocketChannel channel) {
            try {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                log.debug("A connection is closed that was to be reset", e);
            }
        }
        endPoint.close();
    }
}
