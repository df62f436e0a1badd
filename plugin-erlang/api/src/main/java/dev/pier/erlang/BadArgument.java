package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// A value has no Erlang form: NaN, an atom of 256 characters, a cycle, a lone surrogate and the like. The message
/// has the path to the value. Nothing was sent, and no other call is affected.
public final class BadArgument extends ErlangException {
    private static final long serialVersionUID = 1L;

    public BadArgument(String message, @Nullable Throwable cause) {
        super(message, cause, false);
    }

    public BadArgument(String message) {
        this(message, null);
    }
}
