package dev.pier.erlang;

import dev.pier.erlang.term.Term;

/// The function was called and did not return, but ended with one of Erlang's classes `throw`, `exit` and `error`.
public abstract sealed class RemoteException extends ErlangException permits RemoteThrow, RemoteExit, RemoteError {
    private static final long serialVersionUID = 1L;

    private final transient Term reason;

    RemoteException(String message, Term reason) {
        this(message, reason, true);
    }

    RemoteException(String message, Term reason, boolean maybeExecuted) {
        super(message, null, maybeExecuted);
        this.reason = reason;
    }

    /// The thrown value, the exit reason or the error reason, as Erlang sent it.
    public final Term reason() {
        return reason;
    }
}
