package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// No answer came within the call's timeout: Erlang's `timeout`. The function may have run, or may still run. The
/// process that runs it has been told to stop, except on a peer that is called by the legacy `rex` protocol.
public final class CallTimeout extends ErlangException {
    private static final long serialVersionUID = 1L;

    public CallTimeout(String message, @Nullable Throwable cause) {
        super(message, cause, true);
    }

    public CallTimeout(String message) {
        this(message, null);
    }
}
