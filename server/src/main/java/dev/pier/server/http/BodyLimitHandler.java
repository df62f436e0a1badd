package dev.pier.server.http;

import java.time.Duration;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Answers requests with too large a body with 413, and lets an HTTP/1.1 client see that answer while it is still
/// sending ([BodyDiscard]). A body of known length is answered before it is read, an unknown length when the limit is
/// exceeded and the rest has been discarded.
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
        if (!BodyDiscard.lingers(request)) {
            Response.writeError(request, response, callback, HttpStatus.PAYLOAD_TOO_LARGE_413, problem);
            return true;
        }
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
        BodyDiscard discard = new BodyDiscard(request, callback, silence, time);
        Response.writeError(
                discard.unread(),
                response,
                Callback.from(discard, callback::failed),
                HttpStatus.PAYLOAD_TOO_LARGE_413,
                problem);
        return true;
    }

    private static String tooLarge(long length, Limit limit) {
        return "The request body is too large: " + length + " bytes are more than " + limit.bytes() + " ("
                + limit.setting() + ")";
    }

    private long deadline() {
        return System.nanoTime() + time.toNanos();
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
            if (!BodyDiscard.lingers(getWrapped())) {
                return false;
            }
            if (discardUntil == 0) {
                discardUntil = deadline();
                BodyDiscard.limitSilence(getWrapped(), silence);
            }
            return System.nanoTime() < discardUntil;
        }
    }
}
