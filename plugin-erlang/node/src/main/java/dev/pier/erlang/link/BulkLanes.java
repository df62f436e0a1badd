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

/// The lanes to one peer: made when there are more streams than lanes so far, closed when unused, lent to one stream at
/// a time. Safe for many threads.
public final class BulkLanes {
    /// A lane has no lanes of its own.
    static final BulkLanes NONE = new BulkLanes(
            "", new BulkSettings(0, BulkSettings.DEFAULT.idle(), BulkSettings.DEFAULT.window(), false), number -> {
                throw new IllegalStateException("lane " + number + " of none");
            });

    private final String peer;
    private final BulkSettings settings;
    private final IntFunction<BulkLane> newLane;
    private final Semaphore free;

    /// Guards the fields that follow.
    private final Object lock = new Object();

    private final List<BulkLane> all = new ArrayList<>();
    /// The one used last is first, so that the others become idle.
    private final Deque<BulkLane> unused = new ArrayDeque<>();
    private boolean closed;

    /// @param newLane makes the lane of that number, counted from 1; called under a lock, and so connects nothing
    public BulkLanes(String peer, BulkSettings settings, IntFunction<BulkLane> newLane) {
        this.peer = peer;
        this.settings = settings;
        this.newLane = newLane;
        this.free = new Semaphore(settings.lanes(), true);
    }

    public BulkSettings settings() {
        return settings;
    }

    /// How many lanes serve a stream at this moment.
    public int inUse() {
        return settings.lanes() - free.availablePermits();
    }

    /// Takes a lane for one stream, waiting for one if need be. It need not be connected.
    ///
    /// @param deadlineNanos until when to wait, in terms of [System#nanoTime()]
    /// @throws Overloaded if all are taken until then
    /// @throws NotConnected if this node has been stopped
    /// @throws CallCancelled if the thread is interrupted
    public BulkLane acquire(long deadlineNanos) {
        try {
            if (!free.tryAcquire(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                throw new Overloaded(settings.lanes() + " streams from " + peer
                        + " are under way, and none ended in time (setting erlang.bulk.lanes)");
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

    /// Gives a lane back. Once for each time it was taken.
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
