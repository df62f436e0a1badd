package dev.pier.erlang.link;

import org.jspecify.annotations.Nullable;

/// Why there is no connection, in a sentence without a subject: `nobody listens at localhost:4711`.
final class DialFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /// What the failure says about the next attempt.
    enum Kind {
        /// The peer is away, or busy: another attempt may succeed soon.
        AWAY,
        /// The peer seems not to want us, but one that dies at that moment looks the same: true if it happens again.
        MAYBE_REFUSED,
        /// The peer is there and will not have us.
        REFUSED
    }

    private DialFailure(String message, @Nullable Throwable cause, Kind kind) {
        super(message, cause);
        this.kind = kind;
    }

    static DialFailure of(String message, @Nullable Throwable cause) {
        return new DialFailure(message, cause, Kind.AWAY);
    }

    /// The peer has closed where one closes that will not have us.
    static DialFailure maybeRefusal(String message, @Nullable Throwable cause) {
        return new DialFailure(message, cause, Kind.MAYBE_REFUSED);
    }

    /// The peer is there and will not have us: another cookie, a missing capability. Nothing to try again soon.
    static DialFailure refusal(String message, @Nullable Throwable cause) {
        return new DialFailure(message, cause, Kind.REFUSED);
    }

    Kind kind() {
        return kind;
    }

    @Override
    public String getMessage() {
        return java.util.Objects.requireNonNullElse(super.getMessage(), "");
    }
}
