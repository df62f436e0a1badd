package dev.pier.erlang.process;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Lets virtual threads wait until a deadline without a timer for each.
///
/// A timed wait of a virtual thread wakes the scheduler's timer thread twice, once to set the timer and once to
/// cancel it, which costs more than the rest of a call on this side. But nearly every call, and nearly every wait
/// for a message, ends long before its deadline. So the thread waits without a timer, and one thread for all checks
/// the waits every 100 ms: it wakes those whose deadline is less than 300 ms away, and these wait for the rest with a
/// timer of their own, so that deadlines are exact.
///
/// Threads: safe for any number. The checking thread is a daemon, starts with the first wait, and sleeps while there
/// are no waits. It allocates nothing itself, and nothing that is thrown ends it, because no call ends at its deadline
/// without it.
public final class DeadlineParker {
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// A deadline that is nearer than this may pass before the next check.
    private static final long NEAR_NANOS = 3 * ROUND_NANOS;

    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final DeadlineParker SHARED = new DeadlineParker();

    private final AtomicReference<@Nullable Wait> added = new AtomicReference<>();
    private final Thread checker;
    private volatile boolean asleep;
    private volatile long lastRound = System.nanoTime();

    /// For the checking thread only.
    private @Nullable Wait waits;

    private static final class Wait {
        private final long deadlineNanos;
        private volatile @Nullable Thread thread = Thread.currentThread();
        private @Nullable Wait next;

        Wait(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }

        /// Releases the thread, which may have ended long before the next check.
        void over() {
            thread = null;
        }
    }

    private DeadlineParker() {
        // The thread outlives the application whose call may start it.
        checker = Thread.ofPlatform()
                .inheritInheritableThreadLocals(false)
                .daemon()
                .name("erlang-deadlines")
                .unstarted(this::check);
        checker.start();
    }

    /// Parks the current thread as [LockSupport#parkNanos(Object, long)] does: until it is unparked or interrupted,
    /// until the deadline, or spuriously. The caller checks which.
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

    /// Whether deadlines are observed: the checking thread lives and is not stuck.
    public static boolean isRunning() {
        return SHARED.checker.isAlive() && (SHARED.asleep || System.nanoTime() - SHARED.lastRound < STUCK_NANOS);
    }

    private void add(Wait wait) {
        Wait head;
        do {
            head = added.get();
            wait.next = head;
        } while (!added.compareAndSet(head, wait));
        if (asleep) {
            LockSupport.unpark(checker);
        }
    }

    private void check() {
        while (true) {
            lastRound = System.nanoTime();
            takeAdded();
            wakeNear(lastRound);
            if (waits == null) {
                sleep();
            } else {
                LockSupport.parkNanos(this, ROUND_NANOS);
            }
        }
    }

    private void takeAdded() {
        Wait wait = added.getAndSet(null);
        while (wait != null) {
            Wait next = wait.next;
            wait.next = waits;
            waits = wait;
            wait = next;
        }
    }

    private void wakeNear(long now) {
        Wait before = null;
        Wait wait = waits;
        while (wait != null) {
            Wait next = wait.next;
            if (!isOver(wait, now)) {
                before = wait;
            } else {
                // A long wait must not keep finished ones reachable.
                wait.next = null;
                if (before == null) {
                    waits = next;
                } else {
                    before.next = next;
                }
            }
            wait = next;
        }
    }

    private static boolean isOver(Wait wait, long now) {
        Thread thread = wait.thread;
        if (thread != null && wait.deadlineNanos - now > NEAR_NANOS) {
            return false;
        }
        try {
            LockSupport.unpark(thread);
            return true;
        } catch (RuntimeException | Error _) {
            // Out of memory, for instance. The next round tries again.
            return false;
        }
    }

    /// Until there is a wait. The first check is a round later: most waits are over by then.
    private void sleep() {
        asleep = true;
        while (added.get() == null) {
            LockSupport.park(this);
        }
        asleep = false;
        LockSupport.parkNanos(this, ROUND_NANOS);
    }
}
