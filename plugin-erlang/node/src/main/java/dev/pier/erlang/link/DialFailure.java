package dev.pier.erlang.link;

import dev.pier.erlang.dist.NodeName;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/// The reason for which an attempt to connect failed. The message follows a colon in logs and errors: `cannot
/// reach localhost/127.0.0.1:4711: Connection refused`.
final class DialFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /// What the failure means for the next attempt.
    enum Kind {
        /// The peer is down or busy: another attempt may succeed soon.
        AWAY,
        /// The peer closed the connection where it would close it to refuse this node, or where it died. A
        /// repetition counts as a refusal.
        SUSPECTED_REFUSAL,
        /// The peer and this node do not accept each other, because of the cookie, a missing flag or the
        /// version. An operator has to act.
        REFUSAL
    }

    private DialFailure(String message, @Nullable Throwable cause, Kind kind) {
        super(message, cause);
        this.kind = kind;
    }

    static DialFailure away(String message, @Nullable Throwable cause) {
        return new DialFailure(message, cause, Kind.AWAY);
    }

    static DialFailure suspectedRefusal(String message, @Nullable Throwable cause) {
        return new DialFailure(message, cause, Kind.SUSPECTED_REFUSAL);
    }

    static DialFailure refusal(String message, @Nullable Throwable cause) {
        return new DialFailure(message, cause, Kind.REFUSAL);
    }

    Kind kind() {
        return kind;
    }

    /// Logs what has failed and what follows.
    ///
    /// @param pause after how long the next attempt comes if this one was a refusal; `null` if it was none
    void log(Logger log, NodeName peer, boolean persistent, @Nullable Duration pause) {
        if (pause != null) {
            log.warn(
                    "Connection to {} refused: {}; {} {} s",
                    peer,
                    getMessage(),
                    persistent ? "retrying every" : "calls fail for",
                    pause.toSeconds());
        } else {
            log.info(
                    "Cannot connect to {}: {}; {}",
                    peer,
                    getMessage(),
                    persistent ? "retrying until it succeeds" : "the next call retries");
        }
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
