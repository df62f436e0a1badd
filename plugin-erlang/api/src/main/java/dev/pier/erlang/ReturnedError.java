package dev.pier.erlang;

import dev.pier.erlang.term.Term;

/// The function ran and returned `{error, Reason}` to somebody who has asked for nothing but success: [Reply#ok].
public final class ReturnedError extends ErlangException {
    private static final long serialVersionUID = 1L;

    private final transient Term reason;

    public ReturnedError(String message, Term reason) {
        super(message, null, true);
        this.reason = reason;
    }

    /// The reason; of an `error` alone that atom.
    public Term reason() {
        return reason;
    }
}
