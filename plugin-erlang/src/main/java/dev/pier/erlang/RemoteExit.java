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

    /// Whether somebody else ended the process (`erpc`: `exit({signal, Reason})`), rather than the function itself
    /// (`exit({exception, Reason})`).
    public boolean isSignal() {
        return signal;
    }
}
