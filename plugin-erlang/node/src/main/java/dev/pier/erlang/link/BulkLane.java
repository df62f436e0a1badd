package dev.pier.erlang.link;

import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.credit.UnreadStreams;
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

    /// The stream that a lane serves, as far as the lane is concerned with it.
    public interface Stream extends UnreadStreams.Stream {
        /// For how long something has been waiting to be read; 0 if nothing is.
        long stalledNanos();
    }

    private final PeerLink link;
    private final StreamSignalDispatcher signals;
    private final Duration idle;
    private final ScheduledExecutorService timer;
    private final Object lock = new Object();

    /// Guarded by `lock`.
    private @Nullable ScheduledFuture<?> closing;

    /// Guarded by `lock`.
    private @Nullable ScheduledFuture<?> check;

    /// Guarded by `lock`. `null` while the lane serves none.
    private @Nullable Stream stream;

    /// Guarded by `lock`.
    private Runnable onFree = () -> {};

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

    /// Delivers messages for a process of this node to a receiver, until the lane is given back.
    public void receive(Session session, Pid owner, Receiver receiver) {
        signals.open(session, owner, receiver);
    }

    /// Watches the stream until the lane is given back.
    ///
    /// @param unread after how long an unread stream is closed
    public void serve(Stream served, Duration unread) {
        synchronized (lock) {
            stream = served;
            check = BulkLanes.checkEvery(timer, served, unread);
        }
    }

    /// For how long the stream has not been read although something waits.
    long stalledNanos() {
        Stream served;
        synchronized (lock) {
            served = stream;
        }
        return served == null ? 0 : served.stalledNanos();
    }

    void closeIfUnread(Duration time, String setting) {
        Stream served;
        synchronized (lock) {
            served = stream;
        }
        if (served != null) {
            // Without the lock: the stream gives the lane back.
            served.closeIfUnread(time, setting);
        }
    }

    /// @param whenFree run once when the lane is given back
    void taken(Runnable whenFree) {
        synchronized (lock) {
            onFree = whenFree;
            if (closing != null) {
                closing.cancel(false);
                closing = null;
            }
        }
    }

    /// @param reusable whether the lane may serve another stream, until it has been idle for too long
    void free(boolean reusable) {
        Runnable freed;
        synchronized (lock) {
            freed = onFree;
            onFree = () -> {};
            stream = null;
            signals.closeAll();
            if (check != null) {
                check.cancel(false);
                check = null;
            }
            if (reusable) {
                closing = timer.schedule(this::closeIdle, idle.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
        freed.run();
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
