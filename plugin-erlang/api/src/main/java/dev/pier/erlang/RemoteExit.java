package dev.pier.erlang;

import dev.pier.erlang.term.Term;

/// The function's process ended without an answer: `exit(Reason)`, or a signal from outside such as `killed`.
public final class RemoteExit extends RemoteException {
    private static final long serialVersionUID = 1L;

    private final boolean signal;

    /// @param signal whether somebody else ended the process, rather than the function itself
    public RemoteExit(String message, Term reason, boolean signal) {
        super(message, reason);
        this.signal = signal;
    }

    private RemoteExit(String message, Term reason) {
        super(message, reason, false);
        this.signal = false;
    }

    /// There was no process to call, which was known before anything was sent to it: [#maybeExecuted()] is false.
    public static RemoteExit beforeSending(String message, Term reason) {
        return new RemoteExit(message, reason);
    }

    /// Whether somebody else ended the process (`erpc`: `exit({signal, Reason})`), rather than the function itself
    /// (`exit({exception, Reason})`).
    public boolean isSignal() {
        return signal;
    }
}
