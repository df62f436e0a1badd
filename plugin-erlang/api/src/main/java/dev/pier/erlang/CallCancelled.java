package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// The caller gave up: its thread was interrupted (the flag is set again) or its request's client went away.
public final class CallCancelled extends ErlangException {
    private static final long serialVersionUID = 1L;

    public CallCancelled(String message, @Nullable Throwable cause) {
        super(message, cause, true);
    }

    public CallCancelled(String message) {
        this(message, null);
    }
}
