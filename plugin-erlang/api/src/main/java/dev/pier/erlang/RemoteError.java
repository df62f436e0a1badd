package dev.pier.erlang;

import dev.pier.erlang.term.Term;

/// The function failed: `error(Reason)`, `undef`, `badarg`, a failed match. Also if it could not be started
/// (`notsup`, `system_limit`); the stack trace is empty then.
public final class RemoteError extends RemoteException {
    private static final long serialVersionUID = 1L;

    private final transient Term stackTrace;

    /// @param stackTrace Erlang's list of `{Module, Function, ArityOrArguments, Location}`
    public RemoteError(String message, Term reason, Term stackTrace) {
        super(message, reason);
        this.stackTrace = stackTrace;
    }

    /// Erlang's own stack trace: a list of `{Module, Function, ArityOrArguments, Location}`.
    public Term erlangStackTrace() {
        return stackTrace;
    }
}
