package dev.pier.server.webapp;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A change of one file that an operator has asked for. The deploying thread carries it out at once, without waiting
/// for two scans that agree.
///
/// *Threads.* Safe for all threads.
final class AppChange {
    private final boolean again;
    private final CompletableFuture<Optional<AppStatus>> end = new CompletableFuture<>();
    private volatile boolean ready;

    /// @param again whether the file is deployed even if it has not changed
    AppChange(boolean again) {
        this.again = again;
    }

    boolean again() {
        return again;
    }

    /// The file is in place.
    void ready() {
        ready = true;
    }

    boolean isReady() {
        return ready;
    }

    void end(Optional<AppStatus> status) {
        end.complete(status);
    }

    /// The server stops, so the change may not be carried out.
    void abandon() {
        end.cancel(false);
    }

    /// @throws TimeoutException if the change has not ended in time, or is not carried out because the server stops
    Optional<AppStatus> await(Duration timeout) throws InterruptedException, TimeoutException {
        try {
            return end.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            throw new TimeoutException(e.toString());
        }
    }
}
