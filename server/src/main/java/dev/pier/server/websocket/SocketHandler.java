package dev.pier.server.websocket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketFrameHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/// One socket of an endpoint: counts it and its messages, and passes everything on to Jetty's handler.
///
/// *Threads.* Jetty calls one method at a time, except [#onClosed], which can come at any time. A call on a platform
/// thread continues on a virtual one, because methods of endpoints may block: Jetty closes sockets on the threads of
/// its timers too.
///
/// *Lifecycle.* [#abandon] ends a socket that was never opened.
final class SocketHandler implements FrameHandler {
    private static final int NONE = 0;

    private final FrameHandler jetty;
    private final SocketContainer container;
    private final Places.Place place;

    /// Ends the endpoint, if Pier has created it.
    private final Runnable end;

    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean errorReported = new AtomicBoolean();
    private final AtomicInteger code = new AtomicInteger(NONE);
    private volatile @Nullable CoreSession session;

    SocketHandler(FrameHandler jetty, SocketContainer container, Places.Place place, Runnable end) {
        this.jetty = jetty;
        this.container = container;
        this.place = place;
        this.end = end;
    }

    Traffic traffic() {
        return container.traffic();
    }

    /// Notes the code of the first close frame, whichever side has sent it.
    void closing(int first) {
        code.compareAndSet(NONE, first);
    }

    /// Sends a close frame, unless one was sent before.
    void close(CloseStatus status) {
        Objects.requireNonNull(session).close(status, Callback.NOOP);
    }

    @Override
    public void onOpen(CoreSession opened, Callback callback) {
        session = opened;
        container.opened(this);
        jetty.onOpen(opened, callback);
        container.closeIfClosing(this);
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
        if (frame.isDataFrame()) {
            traffic().received(frame.getPayloadLength(), frame.isFin());
            if (code.get() != NONE) {
                // A close frame was sent: frames that the client sent before it saw that are not for the endpoint.
                callback.succeeded();
                Objects.requireNonNull(session).demand();
                return;
            }
        } else if (frame.getOpCode() == OpCode.CLOSE) {
            closing(CloseStatus.getCloseStatus(frame).getCode());
        }
        dispatch(callback, () -> jetty.onFrame(frame, callback));
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
        if (errorReported.compareAndSet(false, true)) {
            dispatch(callback, () -> jetty.onError(cause, callback));
        } else {
            callback.succeeded();
        }
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
        closing(status.getCode());
        dispatch(callback, () -> {
            try {
                jetty.onClosed(status, callback);
            } finally {
                try {
                    report(status);
                } finally {
                    end();
                }
            }
        });
    }

    /// Reports the close to the listener in the session's properties, if there is one: the Jakarta API tells only the
    /// endpoint.
    private void report(CloseStatus status) {
        if (jetty instanceof JakartaWebSocketFrameHandler handler
                && handler.getSession() != null
                && handler.getSession().getUserProperties().get(SocketProperties.CLOSED)
                        instanceof Consumer<?> listener) {
            @SuppressWarnings("unchecked")
            Consumer<CloseReason> told = (Consumer<CloseReason>) listener;
            String reason = status.getReason();
            told.accept(new CloseReason(CloseCodes.getCloseCode(code.get()), reason == null ? "" : reason));
        }
    }

    /// Ends a socket that was never opened: its handshake has failed.
    void abandon() {
        if (session == null) {
            end();
        }
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            try {
                end.run();
            } finally {
                place.leave();
                container.closed(this, session == null ? NONE : code.get());
            }
        }
    }

    private void dispatch(Callback callback, Runnable call) {
        if (Thread.currentThread().isVirtual()) {
            call.run();
            return;
        }
        container.getExecutor().execute(() -> {
            try {
                container.run(call);
            } catch (Throwable t) {
                callback.failed(t);
            }
        });
    }
}
