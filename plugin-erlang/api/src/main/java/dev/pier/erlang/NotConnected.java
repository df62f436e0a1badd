package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// There is no connection to the peer, and none was established by the deadline; or its nodes take no new calls
/// (`pier:drain/1`). Nothing was sent.
public final class NotConnected extends ErlangException {
    private static final long serialVersionUID = 1L;

    public NotConnected(String message, @Nullable Throwable cause) {
        super(message, cause, false);
    }

    public NotConnected(String message) {
        this(message, null);
    }
}
