package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// A limit of this side was reached, and nothing was sent. The message names the limit and its setting.
public final class Overloaded extends ErlangException {
    private static final long serialVersionUID = 1L;

    public Overloaded(String message, @Nullable Throwable cause) {
        super(message, cause, false);
    }

    public Overloaded(String message) {
        this(message, null);
    }
}
