package dev.pier.erlang.dist;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The peer sent something that has no place in the protocol, or more than a limit allows. The connection is of no
/// more use: what the following bytes mean can no longer be known. The message says what came, in a sentence for
/// the log.
public final class ProtocolViolation extends IOException {
    private static final long serialVersionUID = 1L;

    public ProtocolViolation(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public ProtocolViolation(String message) {
        this(message, null);
    }
}
