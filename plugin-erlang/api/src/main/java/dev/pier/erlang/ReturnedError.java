package dev.pier.erlang;

import dev.pier.erlang.term.Term;

/// The function ran and returned `{error, Reason}`, but [Reply#ok] asked for success.
public final class ReturnedError extends ErlangException {
    private static final long serialVersionUID = 1L;

    private final transient Term reason;

    public ReturnedError(String message, Term reason) {
        super(message, null, true);
        this.reason = reason;
    }

    /// The reason; the atom itself if the function returned `error` alone.
    public Term reason() {
        return reason;
    }
}
