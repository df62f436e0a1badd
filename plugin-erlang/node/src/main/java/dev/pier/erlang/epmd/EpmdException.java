package dev.pier.erlang.epmd;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A node cannot be found or registered. The message is a sentence for the log; [#reason()] is for decisions.
public final class EpmdException extends IOException {
    private static final long serialVersionUID = 1L;

    /// What stands in the way.
    public enum Reason {
        /// No EPMD answers there. It may come back.
        UNREACHABLE,
        /// Another node of that name is registered on this machine.
        NAME_TAKEN,
        /// The host part of a node name has no address.
        HOST_UNKNOWN,
        /// The host is there, the node is not.
        NODE_UNKNOWN,
        /// What answers there does not speak EPMD's protocol.
        MALFORMED_REPLY
    }

    private final Reason reason;

    public EpmdException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public EpmdException(Reason reason, String message) {
        this(reason, message, null);
    }

    public Reason reason() {
        return reason;
    }
}
