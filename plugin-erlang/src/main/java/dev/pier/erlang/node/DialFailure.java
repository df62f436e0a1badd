package dev.pier.erlang.node;

import org.jspecify.annotations.Nullable;

/// Why there is no connection, in a sentence without a subject: `nobody listens at localhost:4711`.
final class DialFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean refusal;

    private DialFailure(String message, @Nullable Throwable cause, boolean refusal) {
        super(message, cause);
        this.refusal = refusal;
    }

    static DialFailure of(String message, @Nullable Throwable cause) {
        return new DialFailure(message, cause, false);
    }

    /// The peer is there and will not have us: another cookie, a missing capability. Nothing to try again soon.
    static DialFailure refusal(String message, @Nullable Throwable cause) {
        return new DialFailure(message, cause, true);
    }

    boolean isRefusal() {
        return refusal;
    }

    @Override
    public String getMessage() {
        return java.util.Objects.requireNonNullElse(super.getMessage(), "");
    }
}
