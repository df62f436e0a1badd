package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// The answer is a legal term, but not of the shape that was asked for. The message has the path to the place:
/// `[3].name: expected binary, got pid <0.12.0>`.
public final class UnexpectedTerm extends ErlangException {
    private static final long serialVersionUID = 1L;

    public UnexpectedTerm(String message, @Nullable Throwable cause) {
        super(message, cause, true);
    }

    public UnexpectedTerm(String message) {
        this(message, null);
    }
}
