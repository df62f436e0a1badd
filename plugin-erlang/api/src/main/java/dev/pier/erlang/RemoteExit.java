package dev.pier.erlang;

import dev.pier.erlang.term.Term;

/// The function's process ended without an answer: by `exit(Reason)`, or by an exit signal such as `killed`.
public final class RemoteExit extends RemoteException {
    private static final long serialVersionUID = 1L;

    private final boolean signal;

    /// @param signal whether an exit signal ended the process, rather than the function itself
    public RemoteExit(String message, Term reason, boolean signal) {
        super(message, reason);
        this.signal = signal;
    }

    private RemoteExit(String message, Term reason) {
        super(message, reason, false);
        this.signal = false;
    }

    /// The exception if the process to call is known not to exist: nothing was sent, and [#maybeExecuted()] is
    /// false.
    public static RemoteExit beforeSending(String message, Term reason) {
        return new RemoteExit(message, reason);
    }

    /// Whether an exit signal ended the process (`erpc`: `exit({signal, Reason})`), rather than the function itself
    /// (`exit({exception, Reason})`).
    public boolean isSignal() {
        return signal;
    }
}
