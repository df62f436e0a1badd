package dev.pier.erlang;

import dev.pier.erlang.term.Term;

/// The process of this node that an operation needs has ended: it was closed, it got an exit signal, or its mailbox
/// was full and the setting `erlang.mailbox.overflow` is `end`.
public final class ProcessEnded extends ErlangException {
    private static final long serialVersionUID = 1L;

    private final transient Term reason;

    public ProcessEnded(String message, Term reason) {
        super(message, null, false);
        this.reason = reason;
    }

    /// The exit reason: `normal` if it was closed.
    public Term reason() {
        return reason;
    }
}
