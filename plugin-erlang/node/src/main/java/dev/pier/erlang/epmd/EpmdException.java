package dev.pier.erlang.epmd;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A node cannot be found or registered. The message follows a colon in logs; [#reason()] is for decisions.
public final class EpmdException extends IOException {
    private static final long serialVersionUID = 1L;

    /// The cause.
    public enum Reason {
        /// No EPMD answers at the address. It may come back.
        UNREACHABLE,
        /// Another node of that name is registered on this machine.
        NAME_TAKEN,
        /// The host part of a node name has no address.
        HOST_UNKNOWN,
        /// EPMD does not know the node.
        NODE_UNKNOWN,
        /// The node speaks only other versions of the distribution protocol.
        VERSION_UNSUPPORTED,
        /// The service at the address does not speak EPMD's protocol.
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
