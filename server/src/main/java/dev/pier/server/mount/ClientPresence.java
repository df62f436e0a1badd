package dev.pier.server.mount;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/// A request that knows whether its client is still there while nothing is written to it.
///
/// HTTP/2 reports it. With HTTP/1.1, Jetty does not read between the end of a request's body and the end of its
/// response, so the end of the connection is found by reading here: a byte that comes instead belongs to the
/// next request, and is put into the connection's own buffer. A client that closes only its sending side counts
/// as gone.
///
/// *Threads.* [#getAsBoolean] is for one thread at a time. Hazard: the connection must not be read meanwhile; before
/// the body has been read to its end, nothing is read here.
final class ClientPresence extends Request.Wrapper implements BooleanSupplier {
    private volatile boolean gone;
    private volatile boolean bodyRead;

    /// Whether the next request has begun to arrive, so that the end of the connection cannot be seen.
    private boolean hasNext;

    ClientPresence(Request request) {
        super(request);
        bodyRead = request.getLength() == 0
                || !(request.getHeaders().contains(HttpHeader.CONTENT_LENGTH)
                        || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING));
        request.addFailureListener(_ -> gone = true);
    }

    @Override
    public Content.@Nullable Chunk read() {
        Content.Chunk chunk = super.read();
        if (chunk != null && chunk.isLast()) {
            bodyRead = true;
        }
        return chunk;
    }

    /// Whether the client has left.
    @Override
    public boolean getAsBoolean() {
        if (!gone
                && bodyRead
                && !hasNext
                && getConnectionMetaData().getConnection() instanceof HttpConnection http
                && http.isRequestBufferEmpty()) {
            look(http);
        }
        return gone;
    }

    private void look(HttpConnection http) {
        ByteBuffer one = BufferUtil.allocate(1);
        try {
            int count = http.getEndPoint().fill(one);
            if (count < 0) {
                gone = true;
                // A client that has closed its sending side only does not get a response that looks complete.
                http.getEndPoint().close();
            } else if (count > 0) {
                hasNext = true;
                http.onUpgradeTo(one);
            }
        } catch (IOException _) {
            gone = true;
        }
    }
}
