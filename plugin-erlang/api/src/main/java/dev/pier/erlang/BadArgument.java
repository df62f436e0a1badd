package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// A value that has no Erlang form (NaN, an atom of 256 characters, a cycle, a lone surrogate …). The message has the
/// path to it. Nothing was sent, and nobody else's work is harmed.
public final class BadArgument extends ErlangException {
    private static final long serialVersionUID = 1L;

    public BadArgument(String message, @Nullable Throwable cause) {
        super(message, cause, false);
    }

    public BadArgument(String message) {
        this(message, null);
    }
}
