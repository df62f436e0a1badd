package dev.pier.erlang.call;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Lets virtual threads wait until a deadline without a timer for each.
///
/// A timed wait of a virtual thread wakes the scheduler's timer thread twice, once to set the timer and once to
/// cancel it, which costs more than all else that a call does here. But nearly every call, and nearly every wait
/// for a message, ends long before its deadline. So its thread waits without a time, and one thread for all looks
/// around every now and then: it wakes those whose deadline has come near, and these then wait for the rest of it
/// with a timer of their own, to the point.
///
/// Safe for any number of threads. The watching thread is a daemon, begins with the first wait, and sleeps while nobody
/// waits.
public final class DeadlineParker {
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// What is nearer than this may be over before the second look.
    private static final long NEAR_NANOS = 3 * ROUND_NANOS;

    private static final DeadlineParker SHARED = new DeadlineParker();

    private final AtomicReference<@Nullable Wait> added = new AtomicReference<>();
    private final Thread watcher;
    private volatile boolean asleep;

    /// For the watching thread only.
    private final List<Wait> waits = new ArrayList<>();

    private static final class Wait {
        private final long deadlineNanos;
        private volatile @Nullable Thread thread = Thread.currentThread();
        private @Nullable Wait next;

        Wait(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }

        /// Lets go of the thread, which may be gone long before this is looked at.
        void over() {
            thread = null;
        }
    }

    private DeadlineParker() {
        watcher = Thread.ofPlatform().daemon().name("erlang-deadlines").unstarted(this::watch);
        watcher.start();
    }

    /// Has the current thread wait as [LockSupport#parkNanos(Object, long)] does: until it is unparked or interrupted,
    /// until the deadline, or for no reason; the caller looks which.
    ///
    /// @param deadlineNanos a time of [System#nanoTime()]
    public static void park(Object blocker, long deadlineNanos) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= NEAR_NANOS || !Thread.currentThread().isVirtual()) {
            LockSupport.parkNanos(blocker, left);
            return;
        }
        Wait wait = new Wait(deadlineNanos);
        SHARED.add(wait);
        LockSupport.park(blocker);
        wait.over();
    }

    private void add(Wait wait) {
        Wait head;
        do {
            head = added.get();
            wait.next = head;
        } while (!added.compareAndSet(head, wait));
        if (asleep) {
            LockSupport.unpark(watcher);
        }
    }

    private void watch() {
        while (true) {
            takeAdded();
            long now = System.nanoTime();
            waits.removeIf(wait -> isOver(wait, now));
            if (waits.isEmpty()) {
                sleep();
            } else {
                LockSupport.parkNanos(this, ROUND_NANOS);
            }
        }
    }

    private void takeAdded() {
        Wait wait = added.getAndSet(null);
        while (wait != null) {
            waits.add(wait);
            Wait next = wait.next;
            // Nobody is to be kept alive by one that waits for long.
            wait.next = null;
            wait = next;
        }
    }

    private static boolean isOver(Wait wait, long now) {
        Thread thread = wait.thread;
        if (thread != null && wait.deadlineNanos - now > NEAR_NANOS) {
            return false;
        }
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    /// Until there is something to watch. The first look is a round later: most waits are over by then.
    private void sleep() {
        asleep = true;
        while (added.get() == null) {
            LockSupport.park(this);
        }
        asleep = false;
        LockSupport.parkNanos(this, ROUND_NANOS);
    }
}
