package dev.pier.server.websocket;

import jakarta.websocket.DecodeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Context;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.core.Behavior;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.Negotiated;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.eclipse.jetty.websocket.core.exception.CloseException;
import org.eclipse.jetty.websocket.core.exception.WebSocketWriteTimeoutException;
import org.jspecify.annotations.Nullable;

/// Jetty's session of one socket, with Pier's limits.
///
/// *Sending.* A frame that the client does not accept within `websocket.send-timeout` ends the connection, and so do
/// more bytes than `websocket.queue` that wait: a client that does not read costs a bounded amount of memory.
///
/// *Closing.* Jetty closes the connection right after a close frame with most codes. The kernel then resets it if the
/// client has sent something that was not read, and the client may never see the frame. This session waits for the
/// client's close frame, for [#LINGER] at most.
///
/// *Threads.* Safe for all threads.
final class SocketSession extends WebSocketCoreSession {
    /// How long a client has to answer a close frame.
    static final Duration LINGER = Duration.ofSeconds(2);

    private final SocketHandler handler;
    private final Context context;
    private final Scheduler scheduler;
    private final WebSocketSettings settings;

    /// The bytes of data frames that are not written yet.
    private final AtomicLong waiting = new AtomicLong();

    SocketSession(
            SocketHandler handler,
            Negotiated negotiated,
            WebSocketComponents components,
            Context context,
            Scheduler scheduler,
            WebSocketSettings settings) {
        super(handler, Behavior.SERVER, negotiated, components);
        this.handler = handler;
        this.context = context;
        this.scheduler = scheduler;
        this.settings = settings;
        setMaxTextMessageSize(settings.maxMessage());
        setMaxBinaryMessageSize(settings.maxMessage());
        setIdleTimeout(settings.idleTimeout());
        // Jetty would close the connection meanwhile.
        addIdleTimeoutListener(silence -> {
            processConnectionError(silence, Callback.NOOP);
            return false;
        });
    }

    @Override
    protected void handle(Runnable runnable) {
        context.run(runnable);
    }

    @Override
    public void setMaxTextMessageSize(long size) {
        super.setMaxTextMessageSize(atMostMaxMessage(size));
    }

    @Override
    public void setMaxBinaryMessageSize(long size) {
        super.setMaxBinaryMessageSize(atMostMaxMessage(size));
    }

    private long atMostMaxMessage(long size) {
        return size <= 0 ? settings.maxMessage() : Math.min(size, settings.maxMessage());
    }

    @Override
    public void setIdleTimeout(Duration timeout) {
        boolean shorter = timeout.isPositive() && timeout.compareTo(settings.idleTimeout()) < 0;
        super.setIdleTimeout(shorter ? timeout : settings.idleTimeout());
    }

    @Override
    public void sendFrame(OutgoingEntry entry) {
        Frame frame = entry.getFrame();
        if (!frame.isDataFrame()) {
            super.sendFrame(entry);
            return;
        }
        int size = frame.getPayloadLength();
        long before = waiting.getAndAdd(size);
        if (before > 0 && before + size > settings.queue()) {
            waiting.addAndGet(-size);
            entry.getCallback()
                    .failed(new EofException("The client does not read: more than " + settings.queue()
                            + " bytes wait for it (websocket.queue)"));
            close(new CloseStatus(CloseStatus.TRY_AGAIN_LATER, "too slow"), Callback.NOOP);
            return;
        }
        handler.traffic().sent(size, frame.isFin());
        super.sendFrame(new OutgoingEntry.Builder(entry)
                .callback(Callback.from(entry.getCallback(), () -> waiting.addAndGet(-size)))
                .frameTimeout(settings.sendTimeout().toMillis())
                .build());
    }

    @Override
    public void close(int code, String reason, Callback callback) {
        close(new CloseStatus(code, reason), callback);
    }

    @Override
    public void close(CloseStatus status, Callback callback) {
        AwaitedClose awaited = new AwaitedClose(status);
        handler.closing(awaited.getCode());
        sendFrame(awaited.toFrame(), callback, false);
        scheduler.schedule(this::abort, LINGER.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void processHandlerError(Throwable cause, Callback callback) {
        report(cause, () -> super.processHandlerError(cause, callback));
    }

    @Override
    public void processConnectionError(Throwable cause, Callback callback) {
        if (cause instanceof WebSocketWriteTimeoutException) {
            handler.closing(CloseStatus.NO_CLOSE);
        }
        report(cause, () -> super.processConnectionError(cause, callback));
    }

    /// Tells the endpoint about the error that closes the socket, which Jetty does only for closes that are not
    /// awaited.
    private void report(Throwable cause, Runnable next) {
        if (isOutputOpen()) {
            handle(() -> handler.onError(cause, Callback.from(next)));
        } else {
            next.run();
        }
    }

    /// A close frame after which the client's close frame is awaited, whatever the code.
    private static final class AwaitedClose extends CloseStatus {
        /// The reason of an error of an application is for the log: its text may be from anywhere.
        AwaitedClose(CloseStatus status) {
            super(code(status), code(status) == SERVER_ERROR && status.getCause() != null ? null : status.getReason());
        }

        /// Jetty closes with 1003 whatever a method for messages throws. That is the code for a message that no decoder
        /// takes; any other exception is a failure of the endpoint.
        private static int code(CloseStatus status) {
            return status.getCode() == BAD_DATA && isFailureOfEndpoint(status.getCause())
                    ? SERVER_ERROR
                    : status.getCode();
        }

        private static boolean isFailureOfEndpoint(@Nullable Throwable cause) {
            return ErrorHandlers.causes(cause).noneMatch(DecodeException.class::isInstance)
                    && !ErrorHandlers.causes(cause).allMatch(CloseException.class::isInstance);
        }

        @Override
        public boolean isAbnormal() {
            return false;
        }
    }
}
