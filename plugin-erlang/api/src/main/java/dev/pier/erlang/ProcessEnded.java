package dev.pier.erlang;

import dev.pier.erlang.term.Term;

/// A process of this node was to do something, and has ended: it was closed, an exit signal came, or its mailbox was
/// full and was to end it then.
public final class ProcessEnded extends ErlangException {
    private static final long serialVersionUID = 1L;

    private final transient Term reason;

    public ProcessEnded(String message, Term reason) {
        super(message, null, false);
        this.reason = reason;
    }

    /// Why it has ended: `normal` if it was closed.
    public Term reason() {
        return reason;
    }
}
