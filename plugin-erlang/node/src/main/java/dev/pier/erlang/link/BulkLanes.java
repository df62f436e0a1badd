package dev.pier.erlang.link;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.credit.UnreadStreams;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The streams from one peer: the lanes, of which each serves one stream at a time, and what streams need that share
/// the connection.
///
/// Threads: any thread may call.
///
/// Lifecycle: a lane is made when all existing ones are in use, and closed after it has been unused for a while.
public final class BulkLanes {
    /// For links without lanes, such as a lane itself.
    public static final BulkLanes NONE = new BulkLanes("", BulkSettings.DEFAULT.withLanes(0), null, number -> {
        throw new IllegalStateException("no lane " + number + ": this link has no lanes");
    });

    private static final Logger log = LoggerFactory.getLogger(BulkLanes.class);

    /// How often a stream that waits for a lane looks for one that is not read.
    private static final Duration LOOK = Duration.ofMillis(200);

    /// The parts that streams on the peer's shared connection need.
    ///
    /// @param signals delivers their messages
    /// @param budget how many there may be, and the memory for them
    /// @param unread closes those that are not read
    public record Shared(StreamSignalDispatcher signals, StreamBudget.Peer budget, UnreadStreams unread) {
        public Shared(
                StreamSignalDispatcher signals,
                StreamBudget.Peer budget,
                ScheduledExecutorService timer,
                BulkSettings settings) {
            this(signals, budget, new UnreadStreams(timer, settings.unread()));
        }
    }

    private final String peer;
    private final BulkSettings settings;
    private final @Nullable Shared shared;
    private final IntFunction<BulkLane> newLane;
    private final Semaphore free;

    private final Object lock = new Object();

    /// Guarded by `lock`.
    private final List<BulkLane> all = new ArrayList<>();

    /// Guarded by `lock`. The lane that was used last is the first, so that the others become idle.
    private final Deque<BulkLane> unused = new ArrayDeque<>();

    /// Guarded by `lock`.
    private boolean closed;

    /// @param shared for streams that share the connection; `null` if there are none
    /// @param newLane makes the lane of that number, counted from 1. Called under a lock: it must not
    ///     connect
    public BulkLanes(String peer, BulkSettings settings, @Nullable Shared shared, IntFunction<BulkLane> newLane) {
        this.peer = peer;
        this.settings = settings;
        this.shared = shared;
        this.newLane = newLane;
        this.free = new Semaphore(settings.lanes(), true);
    }

    public BulkSettings settings() {
        return settings;
    }

    /// Whether a further stream would have a lane at once.
    public boolean hasRoom() {
        return free.availablePermits() > 0;
    }

    /// How many lanes serve a stream now.
    public int inUse() {
        return settings.lanes() - free.availablePermits();
    }

    /// How many streams are open now, on lanes and on the connection that they share.
    public int streams() {
        return inUse() + (shared == null ? 0 : shared.budget().open());
    }

    /// The parts that streams on the shared connection need.
    public Shared shared() {
        if (shared == null) {
            throw new IllegalStateException("this link has no streams");
        }
        return shared;
    }

    /// Closes a stream when it has not been read for some time.
    ///
    /// @return to be cancelled when the stream has ended
    static ScheduledFuture<?> checkEvery(ScheduledExecutorService timer, BulkLane.Stream stream, Duration unread) {
        long interval = unread.toNanos() / 4;
        return timer.scheduleWithFixedDelay(
                () -> closeIfUnread(stream, unread), interval, interval, TimeUnit.NANOSECONDS);
    }

    private static void closeIfUnread(BulkLane.Stream stream, Duration unread) {
        try {
            stream.closeIfUnread(unread, "erlang.bulk.unread");
        } catch (Throwable t) {
            // After an exception, the timer would not check again.
            log.error("A check of a stream failed by an error in this node; the next one follows", t);
        }
    }

    /// Takes a lane for one stream, after waiting for one if necessary. The lane may not be connected yet.
    ///
    /// Of the streams that keep others waiting, the one that is not read for the longest time is closed, so that
    /// slow readers cannot keep all lanes. A client may have half of the lanes.
    ///
    /// @param deadlineNanos until when to wait, in terms of [System#nanoTime()]
    /// @throws Overloaded if all lanes are in use until then, or the client has its half of them
    /// @throws NotConnected if this node has been stopped
    /// @throws CallCancelled if the thread is interrupted
    public BulkLane acquire(long deadlineNanos) {
        Runnable leave = shared == null
                ? () -> {}
                : shared.budget().laneClients().enter((settings.lanes() + 1) / 2, "erlang.bulk.lanes");
        try {
            awaitFree(deadlineNanos);
            return take(leave);
        } catch (Throwable t) {
            leave.run();
            throw t;
        }
    }

    private void awaitFree(long deadlineNanos) {
        try {
            long left = deadlineNanos - System.nanoTime();
            while (!free.tryAcquire(Math.clamp(left, 0, LOOK.toNanos()), TimeUnit.NANOSECONDS)) {
                left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    throw new Overloaded("no lane to " + peer + " became free in time: " + settings.lanes()
                            + " streams are running (setting erlang.bulk.lanes)");
                }
                closeStalled();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("interrupted while waiting for a lane to " + peer, e);
        }
    }

    /// Closes the stream that has not been read for the longest time, if that is too long.
    private void closeStalled() {
        List<BulkLane> lanes;
        synchronized (lock) {
            lanes = List.copyOf(all);
        }
        lanes.stream()
                .max(Comparator.comparingLong(BulkLane::stalledNanos))
                .ifPresent(lane -> lane.closeIfUnread(settings.stall(), "erlang.bulk.stall"));
    }

    private BulkLane take(Runnable leave) {
        synchronized (lock) {
            if (closed) {
                free.release();
                throw new NotConnected("not connected to " + peer + ": this node has been stopped");
            }
            BulkLane lane = unused.poll();
            if (lane == null) {
                lane = newLane.apply(all.size() + 1);
                all.add(lane);
            }
            lane.taken(leave);
            return lane;
        }
    }

    /// Gives a lane back; to be called once for each [#acquire].
    public void release(BulkLane lane) {
        synchronized (lock) {
            lane.free(!closed);
            unused.push(lane);
        }
        free.release();
    }

    void close() {
        List<BulkLane> closing;
        synchronized (lock) {
            closed = true;
            closing = List.copyOf(all);
        }
        closing.forEach(BulkLane::close);
    }
}
