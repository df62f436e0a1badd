package dev.pier.erlang.served;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Limits the number of served calls that run at once, over all nodes of the server. Each call has a virtual thread.
///
/// Threads: any.
public final class CallLimiter {
    private final int max;
    private final Semaphore free;

    /// @param max the maximum of calls that run at once
    public CallLimiter(int max) {
        this.max = max;
        this.free = new Semaphore(max);
    }

    /// The maximum of calls that run at once.
    public int max() {
        return max;
    }

    /// The number of running calls.
    public int running() {
        return max - free.availablePermits();
    }

    /// A thread for a call, not started yet. Its place is free again when it ends.
    ///
    /// @return `null` if the maximum of calls is running
    @Nullable
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
