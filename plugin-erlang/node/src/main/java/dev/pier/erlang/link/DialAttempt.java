package dev.pier.erlang.link;

import org.jspecify.annotations.Nullable;

/// One attempt to connect. The link cancels it when a connection that the peer has opened is used instead.
///
/// Threads: any thread may cancel, and ask whether the attempt has yielded; the thread of the attempt does the rest.
final class DialAttempt {
    private volatile boolean yielded;
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

    /// Lets the peer's own attempt go first, as the peer has said.
    void yieldToPeer() {
        yielded = true;
    }

    /// Whether the peer's own attempt goes first.
    boolean hasYielded() {
        return yielded;
    }
}
