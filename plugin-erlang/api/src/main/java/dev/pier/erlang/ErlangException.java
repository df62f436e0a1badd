package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// A failure of Erlang work. Unchecked; the kinds are fixed, so that a `switch` can tell them all apart.
///
/// [#maybeExecuted()] decides whether something may be tried again: Pier sends at most once, and says so when it
/// does not know whether the remote side ran.
public abstract sealed class ErlangException extends RuntimeException
        permits BadArgument,
                BadBody,
                NotConnected,
                Overloaded,
                UnsupportedByPeer,
                ConnectionLost,
                CallTimeout,
                CallCancelled,
                RemoteException,
                ReturnedError,
                ProcessEnded,
                MalformedTerm,
                UnexpectedTerm {
    private static final long serialVersionUID = 1L;

    private final boolean maybeExecuted;

    ErlangException(String message, @Nullable Throwable cause, boolean maybeExecuted) {
        super(message, cause);
        this.maybeExecuted = maybeExecuted;
    }

    /// Whether the function may have run, or may still run, on the remote side. `false` means: certainly not sent,
    /// so that trying again cannot do anything twice.
    public final boolean maybeExecuted() {
        return maybeExecuted;
    }
}
