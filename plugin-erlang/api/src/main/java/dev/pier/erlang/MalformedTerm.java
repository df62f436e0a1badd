package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// Bytes that are no external term, or one beyond the limits: the message names the limit.
public final class MalformedTerm extends ErlangException {
    private static final long serialVersionUID = 1L;

    public MalformedTerm(String message, @Nullable Throwable cause) {
        super(message, cause, true);
    }

    public MalformedTerm(String message) {
        this(message, null);
    }
}
