package dev.pier.erlang.trace;

/// The ways to reach a peer.
public enum CallKind {
    /// A function, with an answer.
    CALL(true),
    /// A function whose answer is read while it arrives.
    STREAM(true),
    /// A server, with an answer.
    SERVER_CALL(true),
    /// A function without an answer.
    CAST(false),
    /// A server, without an answer.
    SERVER_CAST(false),
    /// A message to a registered process.
    SEND(false);

    private final boolean answered;

    CallKind(boolean answered) {
        this.answered = answered;
    }

    /// Whether an answer comes back, so that the outcome is known.
    public boolean isAnswered() {
        return answered;
    }
}
