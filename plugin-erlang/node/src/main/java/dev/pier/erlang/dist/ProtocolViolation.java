package dev.pier.erlang.dist;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The peer violated the protocol or a limit. The connection must end, because the meaning of the following bytes is
/// unknown. The message is a clause for the log.
public final class ProtocolViolation extends IOException {
    private static final long serialVersionUID = 1L;

    public ProtocolViolation(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public ProtocolViolation(String message) {
        this(message, null);
    }
}
