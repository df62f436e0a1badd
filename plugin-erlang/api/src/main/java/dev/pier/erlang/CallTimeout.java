package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// No answer within the call's time: Erlang's `timeout`. The function may have run; where the call went by
/// `spawn_request` the remote process has been told to stop.
public final class CallTimeout extends ErlangException {
    private static final long serialVersionUID = 1L;

    public CallTimeout(String message, @Nullable Throwable cause) {
        super(message, cause, true);
    }

    public CallTimeout(String message) {
        this(message, null);
    }
}
