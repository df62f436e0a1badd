package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// Bytes that are not an external term, or a term that exceeds a limit; the message names the limit.
///
/// [#maybeExecuted()] is true where the bytes are the answer of a call or a received message, which is what reading
/// a [Reply], a [ReplyStream] or a [Message] throws. It is false where an application decodes bytes itself: nothing
/// ran remotely, and nothing was sent.
public final class MalformedTerm extends ErlangException {
    private static final long serialVersionUID = 1L;

    private MalformedTerm(String message, @Nullable Throwable cause, boolean maybeExecuted) {
        super(message, cause, maybeExecuted);
    }

    public MalformedTerm(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    public MalformedTerm(String message) {
        this(message, null);
    }

    /// The exception for the answer of a call: the function has run.
    public static MalformedTerm inAnswer(String message, @Nullable Throwable cause) {
        return new MalformedTerm(message, cause, true);
    }

    /// The exception for the answer of a call: the function has run.
    public static MalformedTerm inAnswer(String message) {
        return inAnswer(message, null);
    }
}
