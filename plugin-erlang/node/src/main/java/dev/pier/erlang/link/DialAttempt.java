package dev.pier.erlang.link;

import org.jspecify.annotations.Nullable;

/// One attempt to connect. The link cancels it when a connection that the peer has opened is used instead.
///
/// Threads: any thread may cancel; the thread of the attempt does the rest, unless stated otherwise.
final class DialAttempt {
    /// Guarded by the link's lock.
    private boolean yielded;

    private volatile boolean cancelled;
    private volatile @Nullable Runnable abort;

    /// @param action closes the attempt's socket; runs at once if the attempt has been cancelled
    void onCancel(Runnable action) {
        abort = action;
        if (cancelled) {
            action.run();
        }
    }

    void cancel() {
        cancelled = true;
        Runnable action = abort;
        if (action != null) {
            action.run();
        }
    }

    /// Lets the peer's own attempt go first. To be called with the link's lock.
    void yieldToPeer() {
        yielded = true;
    }

    /// Whether the peer's own attempt goes first and is awaited. To be called with the link's lock.
    boolean hasYielded() {
        return yielded;
    }
}
