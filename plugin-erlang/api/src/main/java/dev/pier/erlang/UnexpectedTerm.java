package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// A well-formed term that does not have the requested shape. The message has the path to the place:
/// `[3].name: expected binary, got pid <0.12.0>`.
///
/// [#maybeExecuted()] is true where the term is the answer of a call or a received message, which is what reading a
/// [Reply], a [ReplyStream] or a [Message] throws. It is false where an application decodes a term itself: nothing
/// ran remotely, and nothing was sent.
public final class UnexpectedTerm extends ErlangException {
    private static final long serialVersionUID = 1L;

    private UnexpectedTerm(String message, @Nullable Throwable cause, boolean maybeExecuted) {
        super(message, cause, maybeExecuted);
    }

    public UnexpectedTerm(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    public UnexpectedTerm(String message) {
        this(message, null);
    }

    /// The exception for the answer of a call: the function has run.
    public static UnexpectedTerm inAnswer(String message, @Nullable Throwable cause) {
        return new UnexpectedTerm(message, cause, true);
    }

    /// The exception for the answer of a call: the function has run.
    public static UnexpectedTerm inAnswer(String message) {
        return inAnswer(message, null);
    }
}
