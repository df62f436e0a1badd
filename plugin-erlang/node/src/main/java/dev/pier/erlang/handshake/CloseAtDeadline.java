package dev.pier.erlang.handshake;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Closes a connection at a deadline unless it is disarmed before, which ends a blocked read or write. (Sockets
/// have timeouts for reads only.)
///
/// Threads: one of its own waits for the deadline; one thread uses it.
public final class CloseAtDeadline {
    private final Closeable connection;
    private final Duration within;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final Thread thread;
    private volatile boolean rang;

    /// @param within from now on
    public CloseAtDeadline(Closeable connection, Duration within) {
        this.connection = connection;
        this.within = within;
        thread = Thread.ofVirtual().name("handshake-deadline").start(this::ringLater);
    }

    private void ringLater() {
        try {
            Thread.sleep(within);
        } catch (InterruptedException _) {
            return;
        }
        if (decided.compareAndSet(false, true)) {
            rang = true;
            try {
                connection.close();
            } catch (IOException _) {
                // The blocked read or write ends all the same.
            }
        }
    }

    public void disarm() {
        decided.set(true);
        thread.interrupt();
    }

    /// The timeout that a failure came from, or the failure itself.
    ///
    /// `rang` is set before the connection is closed, so a caller that sees the end of the stream sees `rang`
    /// too.
    public IOException explain(IOException seen) {
        if (!rang) {
            return seen;
        }
        SocketTimeoutException timeout = new SocketTimeoutException("deadline of " + within.toMillis() + " ms");
        timeout.initCause(seen);
        return timeout;
    }
}
