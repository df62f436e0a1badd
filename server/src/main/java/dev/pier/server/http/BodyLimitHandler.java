package dev.pier.server.http;

import java.time.Duration;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Answers requests with too large a body with 413, and lets an HTTP/1.1 client see that answer while it is still
/// sending: the rest of the body is discarded for a while. If the connection were closed at once, the kernel would
/// reset it because of the unread bytes, and most clients report the reset instead of the answer.
///
/// A body of known length is answered before it is read, an unknown length when the limit is exceeded and the rest has
/// been discarded. HTTP/2 resets the stream after the answer, and a client that expects `100 Continue` has not begun
/// to send: nothing is discarded for them.
///
/// SPEC: RFC 9112, 9.6, Tear-down
final class BodyLimitHandler extends Handler.Wrapper {
    /// The largest body of a request.
    ///
    /// @param bytes how many bytes it may have
    /// @param setting the setting that says so
    record Limit(long bytes, String setting) {}

    private final Function<Request, Limit> limits;
    private final Duration silence;
    private final Duration time;

    /// @param limits gives the limit of a request with a body
    /// @param silence how long a client may pause while its body is discarded
    /// @param time how long bodies are discarded at most
    BodyLimitHandler(Function<Request, Limit> limits, Duration silence, Duration time, Handler handler) {
        super(handler);
        this.limits = limits;
        this.silence = silence;
        this.time = time;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        long length = request.getLength();
        if (length == 0) {
            return super.handle(request, response, callback);
        }
        Limit limit = limits.apply(request);
        if (length <= limit.bytes()) {
            return super.handle(length < 0 ? new LimitedRequest(request, limit) : request, response, callback);
        }
        String problem = tooLarge(length, limit);
        if (!lingers(request)) {
            Response.writeError(request, response, callback, HttpStatus.PAYLOAD_TOO_LARGE_413, problem);
            return true;
        }
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
        Discard discard = new Discard(request, callback);
        Response.writeError(
                discard.unread(),
                response,
                Callback.from(discard, callback::failed),
                HttpStatus.PAYLOAD_TOO_LARGE_413,
                problem);
        return true;
    }

    private static boolean lingers(Request request) {
        return request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2
                && !request.getHeaders().contains(HttpHeader.EXPECT);
    }

    private static String tooLarge(long length, Limit limit) {
        return "The request body is too large: " + length + " bytes are more than " + limit.bytes() + " ("
                + limit.setting() + ")";
    }

    private long deadline() {
        return System.nanoTime() + time.toNanos();
    }

    /// Shortens the time that the client may be silent; the connection is closed afterwards.
    private void limitSilence(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        endPoint.setIdleTimeout(Math.min(endPoint.getIdleTimeout(), silence.toMillis()));
    }

    /// Discards a body after the answer, and then completes the request.
    private final class Discard implements Runnable {
        private final Request request;
        private final Callback callback;
        private long until;

        Discard(Request request, Callback callback) {
            this.request = request;
            this.callback = callback;
        }

        /// The request for the error page, which must not read the body: what cannot be read at that moment would
        /// fail the request.
        Request unread() {
            return new Request.Wrapper(request) {
                @Override
                public boolean consumeAvailable() {
                    return false;
                }
            };
        }

        @Override
        public void run() {
            if (until == 0) {
                until = deadline();
                limitSilence(request);
            }
            while (System.nanoTime() < until) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    request.demand(this);
                    return;
                }
                chunk.release();
                // A failure that is not the last chunk: the client was silent for too long.
                if (chunk.isLast() || Content.Chunk.isFailure(chunk)) {
                    break;
                }
            }
            callback.succeeded();
        }
    }

    /// A request whose body has no known length. Jetty lets one thread at a time read it.
    private final class LimitedRequest extends Request.Wrapper {
        private final Limit limit;
        private long received;
        private long discardUntil;
        private Content.@Nullable Chunk failure;

        LimitedRequest(Request request, Limit limit) {
            super(request);
            this.limit = limit;
        }

        @Override
        public Content.@Nullable Chunk read() {
            if (failure != null) {
                return failure;
            }
            Content.Chunk chunk = super.read();
            while (chunk != null && !Content.Chunk.isFailure(chunk)) {
                received += chunk.remaining();
                if (received <= limit.bytes()) {
                    return chunk;
                }
                chunk.release();
                if (chunk.isLast() || !mayDiscard()) {
                    failure = Content.Chunk.from(
                            new HttpException.RuntimeException(
                                    HttpStatus.PAYLOAD_TOO_LARGE_413, tooLarge(received, limit)),
                            true);
                    return failure;
                }
                chunk = super.read();
            }
            return chunk;
        }

        private boolean mayDiscard() {
            if (!lingers(getWrapped())) {
                return false;
            }
            if (discardUntil == 0) {
                discardUntil = deadline();
                limitSilence(getWrapped());
            }
            return System.nanoTime() < discardUntil;
        }
    }
}
