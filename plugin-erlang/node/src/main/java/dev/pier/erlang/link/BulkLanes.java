package dev.pier.erlang.link;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/// The lanes to one peer. Each serves one stream at a time.
///
/// Threads: any thread may call.
///
/// Lifecycle: a lane is made when all existing ones are in use, and closed after it has been unused for a while.
public final class BulkLanes {
    /// For links without lanes, such as a lane itself.
    public static final BulkLanes NONE = new BulkLanes("", BulkSettings.DEFAULT.withLanes(0), number -> {
        throw new IllegalStateException("no lane " + number + ": this link has no lanes");
    });

    private final String peer;
    private final BulkSettings settings;
    private final IntFunction<BulkLane> newLane;
    private final Semaphore free;

    private final Object lock = new Object();

    /// Guarded by `lock`.
    private final List<BulkLane> all = new ArrayList<>();

    /// Guarded by `lock`. The lane that was used last is the first, so that the others become idle.
    private final Deque<BulkLane> unused = new ArrayDeque<>();

    /// Guarded by `lock`.
    private boolean closed;

    /// @param newLane makes the lane of that number, counted from 1. Called under a lock: it must not
    ///     connect
    public BulkLanes(String peer, BulkSettings settings, IntFunction<BulkLane> newLane) {
        this.peer = peer;
        this.settings = settings;
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

    /// Takes a lane for one stream, after waiting for one if necessary. The lane may not be connected yet.
    ///
    /// @param deadlineNanos until when to wait, in terms of [System#nanoTime()]
    /// @throws Overloaded if all lanes are in use until then
    /// @throws NotConnected if this node has been stopped
    /// @throws CallCancelled if the thread is interrupted
    public BulkLane acquire(long deadlineNanos) {
        try {
            if (!free.tryAcquire(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                throw new Overloaded("no lane to " + peer + " became free in time: " + settings.lanes()
                        + " streams are running (setting erlang.bulk.lanes)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("interrupted while waiting for a lane to " + peer, e);
        }
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
            lane.taken();
            return lane;
        }
    }

    /// Gives a lane back; to be called once for each [#acquire].
    public void release(BulkLane lane) {
        synchronized (lock) {
            if (!closed) {
                lane.free();
            }
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
