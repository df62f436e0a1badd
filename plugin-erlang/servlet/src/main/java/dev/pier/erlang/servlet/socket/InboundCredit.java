package dev.pier.erlang.servlet.socket;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// How many frames of one browser may go to the Erlang server. The thread that reads from the browser waits while
/// there is no credit, so that the browser is slowed and nothing is queued in between.
///
/// *Threads.* One thread takes; any may acknowledge and close.
final class InboundCredit {
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final int max;
    private final @Nullable BooleanSupplier keepsUp;
    private final Runnable probe;

    /// Guarded by `lock`, as the next.
    private int used;

    private boolean closed;

    /// @param keepsUp whether the server has few messages waiting; `null` if only [#acknowledge] returns credit
    /// @param probe called every 400 ms during a wait: nothing is read then, so only a write shows that the browser
    ///     has left
    InboundCredit(int max, @Nullable BooleanSupplier keepsUp, Runnable probe) {
        this.max = max;
        this.keepsUp = keepsUp;
        this.probe = probe;
    }

    /// Takes credit for one frame. Waits until there is some.
    ///
    /// @return false if the socket is closed
    boolean take() throws InterruptedException {
        long pause = keepsUp == null ? LONGEST_PAUSE_NANOS : SHORTEST_PAUSE_NANOS;
        long probed = System.nanoTime();
        while (true) {
            lock.lock();
            try {
                if (closed) {
                    return false;
                }
                if (used < max) {
                    used++;
                    return true;
                }
            } finally {
                lock.unlock();
            }
            // Asks the server's node, so without the lock.
            if (keepsUp != null && keepsUp.getAsBoolean()) {
                acknowledge(max);
                continue;
            }
            pause(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            if (System.nanoTime() - probed >= LONGEST_PAUSE_NANOS) {
                probe.run();
                probed = System.nanoTime();
            }
        }
    }

    private void pause(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!closed && used >= max && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Returns the credit of so many frames.
    void acknowledge(long frames) {
        lock.lock();
        try {
            used = (int) Math.max(0, used - Math.max(0, frames));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
