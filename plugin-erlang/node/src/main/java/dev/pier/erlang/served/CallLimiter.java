package dev.pier.erlang.served;

import java.util.concurrent.Semaphore;

/// The virtual threads on which served functions run: one for each call, and a bounded number of them over all the
/// nodes of the server.
public final class CallLimiter {
    private final int max;
    private final Semaphore free;

    /// @param max how many calls may run at once
    public CallLimiter(int max) {
        this.max = max;
        this.free = new Semaphore(max);
    }

    /// How many calls may run at once.
    public int max() {
        return max;
    }

    /// How many run now.
    public int running() {
        return max - free.availablePermits();
    }

    /// A thread for a call, not started yet.
    ///
    /// @return null if as many calls run as may
    @org.jspecify.annotations.Nullable
    Thread tryReserve(String name, Runnable work) {
        if (!free.tryAcquire()) {
            return null;
        }
        return Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                work.run();
            } finally {
                free.release();
            }
        });
    }
}
