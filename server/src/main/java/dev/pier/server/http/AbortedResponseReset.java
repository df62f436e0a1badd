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

/// Resets the connection of a response that fails after its first bytes were sent, where the client could otherwise
/// take the incomplete body for a complete one.
///
/// A chunked body without its last chunk is recognizably incomplete. With HTTP/1.0 and `Connection: close`, which
/// proxies use, the body ends where the connection ends. Such a connection gets a TCP reset, below TLS, because TLS's
/// close message would mark the body as complete. HTTP/2 resets the stream by itself.
///
/// *Threads.* Runs on the thread of the request.
final class AbortedResponseReset extends HttpStream.Wrapper {
    private static final Logger log = LoggerFactory.getLogger(AbortedResponseReset.class);

    private final Request request;
    private final Response response;

    private AbortedResponseReset(HttpStream stream, Request request, Response response) {
        super(stream);
        this.request = request;
        this.response = response;
    }

    /// Adds the reset to a request, if its HTTP version needs it.
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
        while (endPoint.getTransport() instanceof EndPoint lower) {
            endPoint = lower;
        }
        if (endPoint.getTransport() instanceof SocketChannel channel) {
            try {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                log.debug("Cannot set SO_LINGER: the connection is closed, not reset", e);
            }
        }
        endPoint.close();
    }
}
