package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// A bound was reached before anything was sent: the message names the limit and the setting behind it.
public final class Overloaded extends ErlangException {
    private static final long serialVersionUID = 1L;

    public Overloaded(String message, @Nullable Throwable cause) {
        super(message, cause, false);
    }

    public Overloaded(String message) {
        this(message, null);
    }
}
