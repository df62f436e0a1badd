package dev.pier.server.http;

import java.time.Duration;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/// Fails a request with 408 when its body arrives too slowly: a client that sends single bytes never meets the idle
/// timeout. Only the time in which the application waits for the client counts.
///
/// Jetty's own handler has no period of grace: it fails a request for its first slow packet.
final class BodyRateHandler extends Handler.Wrapper {
    private final long minimum;
    private final Supplier<Duration> period;

    /// @param minimum in bytes per second
    /// @param period the length of waiting over which the rate is measured
    BodyRateHandler(long minimum, Supplier<Duration> period, Handler handler) {
        super(handler);
        this.minimum = minimum;
        this.period = period;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(request.getLength() == 0 ? request : new MeasuredRequest(request), response, callback);
    }

    /// A request with a body. Jetty lets one thread at a time read it.
    private final class MeasuredRequest extends Request.Wrapper {
        private long bytes;
        private long waitedNanos;

        MeasuredRequest(Request request) {
            super(request);
        }

        @Override
        public void demand(Runnable callback) {
            if (waitedNanos >= period.get().toNanos()) {
                long received = bytes;
                double seconds = waitedNanos / 1e9;
                bytes = 0;
                waitedNanos = 0;
                if (received < minimum * seconds) {
                    getWrapped()
                            .fail(new HttpException.RuntimeException(
                                    HttpStatus.REQUEST_TIMEOUT_408,
                                    "The request body arrives too slowly: " + received + " bytes in "
                                            + Math.round(seconds) + " s (http.min-body-rate)"));
                }
            }
            long since = System.nanoTime();
            super.demand(Invocable.from(Invocable.getInvocationType(callback), () -> {
                waitedNanos += System.nanoTime() - since;
                callback.run();
            }));
        }

        @Override
        public Content.Chunk read() {
            Content.Chunk chunk = super.read();
            if (chunk != null) {
                bytes += chunk.remaining();
            }
            return chunk;
        }
    }
}
