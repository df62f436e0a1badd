package dev.pier.erlang.link;

import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Pid;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A connection to a peer that serves one stream at a time, and so may be left unread while its consumer is slow.
///
/// Whoever has acquired it uses it alone; [BulkLanes] and the timer have it otherwise.
public final class BulkLane {
    /// Takes the messages to a process of ours; called by the lane's reader.
    public interface Receiver {
        /// This may wait until there is room: the connection is not read meanwhile.
        void message(EncodedTerm message);

        /// A message was beyond a limit, and is gone.
        ///
        /// @param limit which limit, in a sentence
        void oversized(String limit);
    }

    private final PeerLink link;
    private final StreamSignalDispatcher signals;
    private final Duration idle;
    private final ScheduledExecutorService timer;
    private @Nullable Session prepared;
    private @Nullable ScheduledFuture<?> closing;
    private @Nullable ScheduledFuture<?> watching;

    /// @param idle after how long it is closed if nobody takes it
    public BulkLane(PeerLink link, StreamSignalDispatcher signals, Duration idle, ScheduledExecutorService timer) {
        this.link = link;
        this.signals = signals;
        this.idle = idle;
        this.timer = timer;
    }

    /// The connection, opened if need be, as [PeerLink#session].
    public Session session(long deadlineNanos) {
        Session session = link.session(deadlineNanos);
        Disconnect ended = session.disconnect();
        if (ended == null) {
            return session;
        }
        // The stream before has closed it, and its reader is about to tell the link so.
        link.lost(session, ended);
        return link.session(deadlineNanos);
    }

    /// Whether this connection is asked about for the first time.
    public boolean isNew(Session session) {
        boolean fresh = prepared != session;
        prepared = session;
        return fresh;
    }

    /// Has messages to a process of ours brought to a receiver, until the lane is given back.
    public void receive(Pid owner, Receiver receiver) {
        signals.open(owner, receiver);
    }

    /// Looks after the stream now and then, on the timer's thread, until the lane is given back.
    public synchronized void watch(Runnable look, Duration interval) {
        watching = timer.scheduleWithFixedDelay(look, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    synchronized void taken() {
        if (closing != null) {
            closing.cancel(false);
            closing = null;
        }
    }

    synchronized void free() {
        signals.close();
        if (watching != null) {
            watching.cancel(false);
            watching = null;
        }
        closing = timer.schedule(this::closeIdle, idle.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void closeIdle() {
        // `taken` may have come between the timer's decision and this.
        if (closing != null) {
            closing = null;
            link.current().ifPresent(session -> session.close("not used for a while"));
        }
    }

    void close() {
        link.close();
    }
}
