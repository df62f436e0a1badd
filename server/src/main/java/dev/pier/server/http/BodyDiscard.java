package dev.pier.server.http;

import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/// Discards the rest of a request's body after the answer, and then completes the request: an HTTP/1.1 client that is
/// still sending sees the answer. If the connection were closed at once, the kernel would reset it because of the
/// unread bytes, and most clients report the reset instead of the answer.
///
/// SPEC: RFC 9112, 9.6, Tear-down
public final class BodyDiscard implements Runnable {
    /// How long the rest of a body is discarded at most.
    static final Duration TIME = Duration.ofSeconds(10);

    /// How long its client may pause.
    static final Duration SILENCE = Duration.ofSeconds(2);

    private final Request request;
    private final Callback callback;
    private final Duration silence;
    private final Duration time;
    private long until;

    private BodyDiscard(Request request, Callback callback) {
        this(request, callback, SILENCE, TIME);
    }

    /// @param silence how long a client may pause while its body is discarded
    /// @param time how long it is discarded at most
    BodyDiscard(Request request, Callback callback, Duration silence, Duration time) {
        this.request = request;
        this.callback = callback;
        this.silence = silence;
        this.time = time;
    }

    /// Handles a request whose answer may leave some of the body unread.
    public static boolean after(Request request, Callback callback, Answering answering) {
        if (!lingers(request)) {
            return answering.answer(request, callback);
        }
        BodyDiscard discard = new BodyDiscard(request, callback);
        return answering.answer(discard.unread(), Callback.from(discard, callback::failed));
    }

    /// Answers a request, and completes the callback with the answer.
    @FunctionalInterface
    public interface Answering {
        boolean answer(Request request, Callback callback);
    }

    /// HTTP/2 resets the stream after the answer, and a client that expects `100 Continue` has not begun to send:
    /// nothing is discarded for them.
    static boolean lingers(Request request) {
        return request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2
                && !request.getHeaders().contains(HttpHeader.EXPECT);
    }

    /// Shortens the time that the client may be silent; the connection is closed afterwards.
    static void limitSilence(Request request, Duration silence) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        endPoint.setIdleTimeout(Math.min(endPoint.getIdleTimeout(), silence.toMillis()));
    }

    /// The request for the error page, which must not read the body: what cannot be read at that moment would fail
    /// the request.
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
            until = System.nanoTime() + time.toNanos();
        }
        while (System.nanoTime() < until) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                limitSilence(request, silence);
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
