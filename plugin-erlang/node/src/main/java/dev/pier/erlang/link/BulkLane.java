package dev.pier.erlang.link;

import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Pid;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A connection to a peer that serves one stream at a time. While the consumer is slow, it is left unread, which
/// makes the peer pause.
///
/// Threads: the stream that has acquired the lane, [BulkLanes] and the timer.
public final class BulkLane {
    /// Receives the messages to one process of this node. The lane's reader calls it.
    public interface Receiver {
        /// May block until there is room. The connection is not read meanwhile.
        void message(EncodedTerm message);

        /// A message exceeded a limit and was discarded.
        ///
        /// @param limit which limit, in a sentence
        void oversized(String limit);
    }

    private final PeerLink link;
    private final StreamSignalDispatcher signals;
    private final Duration idle;
    private final ScheduledExecutorService timer;
    private final Object lock = new Object();

    /// Used by the stream only.
    private @Nullable Session prepared;

    /// Guarded by `lock`.
    private @Nullable ScheduledFuture<?> closing;

    /// Guarded by `lock`.
    private @Nullable ScheduledFuture<?> check;

    /// @param idle after how long an unused lane is closed
    public BulkLane(PeerLink link, StreamSignalDispatcher signals, Duration idle, ScheduledExecutorService timer) {
        this.link = link;
        this.signals = signals;
        this.idle = idle;
        this.timer = timer;
    }

    /// The connection, opened if necessary, as [PeerLink#session].
    public Session session(long deadlineNanos) {
        Session session = link.session(deadlineNanos);
        Disconnect ended = session.disconnect();
        if (ended == null) {
            return session;
        }
        // The previous stream has closed the connection, and its reader has not reported that to the link yet.
        link.lost(session, ended);
        return link.session(deadlineNanos);
    }

    /// Whether this is the first call for this connection.
    public boolean isNew(Session session) {
        boolean fresh = prepared != session;
        prepared = session;
        return fresh;
    }

    /// Delivers messages for a process of this node to a receiver, until the lane is given back.
    public void receive(Pid owner, Receiver receiver) {
        signals.open(owner, receiver);
    }

    /// Runs a check of the stream at an interval, on the timer's thread, until the lane is given back.
    public void checkEvery(Duration interval, Runnable action) {
        synchronized (lock) {
            check = timer.scheduleWithFixedDelay(action, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    void taken() {
        synchronized (lock) {
            if (closing != null) {
                closing.cancel(false);
                closing = null;
            }
        }
    }

    void free() {
        synchronized (lock) {
            signals.close();
            if (check != null) {
                check.cancel(false);
                check = null;
            }
            closing = timer.schedule(this::closeIdle, idle.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void closeIdle() {
        synchronized (lock) {
            if (closing == null) {
                // The lane was taken when the timer had run out already.
                return;
            }
            closing = null;
            link.current().ifPresent(session -> session.close("unused for " + idle.toSeconds() + " s"));
        }
    }

    void close() {
        link.close();
    }
}
