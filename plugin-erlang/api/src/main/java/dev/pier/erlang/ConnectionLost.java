package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// The connection was lost before the answer came: Erlang's `noconnection`. The function may have run.
public final class ConnectionLost extends ErlangException {
    private static final long serialVersionUID = 1L;

    public ConnectionLost(String message, @Nullable Throwable cause) {
        super(message, cause, true);
    }

    public ConnectionLost(String message) {
        this(message, null);
    }
}
