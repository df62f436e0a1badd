package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// The caller gave up before the answer came: its thread was interrupted (the interrupt flag is set again), its
/// future was cancelled, or its stream was closed. The process that ran the function has been told to stop, except
/// on a peer that is called by the legacy `rex` protocol.
///
/// A browser that disconnects does not cancel a waiting call: HTTP reveals a disconnect only on write. The call
/// ends with its answer or at its timeout, or when the application interrupts its thread. A stream that is being
/// written to the response ends with the first write that fails.
public final class CallCancelled extends ErlangException {
    private static final long serialVersionUID = 1L;

    public CallCancelled(String message, @Nullable Throwable cause) {
        super(message, cause, true);
    }

    public CallCancelled(String message) {
        this(message, null);
    }
}
