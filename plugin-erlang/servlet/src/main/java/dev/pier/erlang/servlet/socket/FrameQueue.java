package dev.pier.erlang.servlet.socket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The frames that wait for one browser. They are sent one at a time and asynchronously, so a browser that does not
/// read occupies no thread.
///
/// *Threads.* Any; adding never blocks. The lock guards all fields; the session is used without it.
final class FrameQueue {
    private static final Logger log = LoggerFactory.getLogger(FrameQueue.class);

    /// How long the closing frame may take for a browser that has too much waiting already. For all other frames, the
    /// container's own timeout counts (`websocket.send-timeout`).
    private static final long OVERFLOW_TIMEOUT_MILLIS = 5_000;

    private final Session session;
    private final RemoteEndpoint.Async remote;
    private final int max;
    private final Object lock = new Object();

    private final Queue<Frame> frames = new ArrayDeque<>();
    private long bytes;
    private boolean sending;
    private boolean draining;
    private boolean closed;
    private @Nullable CloseReason closeAfter;

    /// A frame to send.
    ///
    /// @param text the content of a text frame; `null` for a binary frame
    /// @param data the content of a binary frame; `null` for a text frame
    /// @param bytes its size
    /// @param sent called once the frame has been sent; not called if it is discarded
    record Frame(@Nullable String text, @Nullable ByteBuffer data, int bytes, Runnable sent) {}

    FrameQueue(Session session, int max) {
        this.session = session;
        this.remote = session.getAsyncRemote();
        this.max = max;
    }

    /// Adds a frame. A single one may be larger than the limit if no other waits.
    ///
    /// @return false if it exceeds the limit; it is discarded
    boolean add(Frame frame) {
        synchronized (lock) {
            if (closed || closeAfter != null) {
                return true;
            }
            if (bytes > 0 && bytes + frame.bytes() > max) {
                return false;
            }
            frames.add(frame);
            bytes += frame.bytes();
        }
        drain();
        return true;
    }

    /// Closes the socket once all frames have been sent.
    void closeAfterAll(CloseReason reason) {
        synchronized (lock) {
            if (closed || closeAfter != null) {
                return;
            }
            closeAfter = reason;
        }
        drain();
    }

    /// Discards the frames that wait, and closes the socket.
    void closeNow(CloseReason reason) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            discard();
        }
        remote.setSendTimeout(OVERFLOW_TIMEOUT_MILLIS);
        close(reason);
    }

    /// The socket has been closed.
    void closed() {
        synchronized (lock) {
            discard();
        }
    }

    private void discard() {
        closed = true;
        frames.clear();
        bytes = 0;
    }

    /// Sends the next frame, if none is being sent. A frame that is sent at once does not deepen the stack.
    private void drain() {
        synchronized (lock) {
            if (draining) {
                return;
            }
            draining = true;
        }
        while (true) {
            Frame next;
            CloseReason last = null;
            synchronized (lock) {
                next = sending || closed ? null : frames.poll();
                if (next != null) {
                    sending = true;
                } else {
                    draining = false;
                    if (sending || closed || closeAfter == null) {
                        return;
                    }
                    last = closeAfter;
                    closed = true;
                }
            }
            if (next == null) {
                close(last);
                return;
            }
            send(next);
        }
    }

    private void send(Frame frame) {
        SendHandler handler = result -> sent(frame, result);
        try {
            if (frame.text() != null) {
                remote.sendText(frame.text(), handler);
            } else {
                remote.sendBinary(Objects.requireNonNull(frame.data()), handler);
            }
        } catch (RuntimeException e) {
            sent(frame, new SendResult(session, e));
        }
    }

    private void sent(Frame frame, SendResult result) {
        synchronized (lock) {
            sending = false;
            if (!closed) {
                bytes -= frame.bytes();
            }
        }
        if (result.isOK()) {
            frame.sent().run();
        } else {
            // The container closes the session, and says so.
            log.debug("A frame could not be sent: {}", String.valueOf(result.getException()));
        }
        drain();
    }

    /// Not on the calling thread: the close of a session waits until the browser has taken the frame.
    private void close(@Nullable CloseReason reason) {
        Thread.ofVirtual().name("erlang-socket-close").start(() -> {
            try {
                session.close(reason);
            } catch (IOException | RuntimeException e) {
                log.debug("Closing a WebSocket failed: {}", e.toString());
            }
        });
    }
}
