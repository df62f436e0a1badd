package dev.pier.erlang.handshake;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A handshake has failed. The message is a sentence that names the peer; [#failure()] is for decisions.
///
/// Lifecycle: the connection cannot be used any more. The caller that began the handshake closes it.
public final class HandshakeException extends IOException {
    private static final long serialVersionUID = 1L;

    /// The kind of failure.
    public enum Failure {
        /// The peer's proof is wrong: it has another cookie.
        PEER_COOKIE_WRONG,
        /// The peer closed the connection after it had received this node's proof: it probably has another
        /// cookie.
        OUR_COOKIE_NOT_ACCEPTED,
        /// The peer does not accept this node: flags are missing, or its list of allowed nodes excludes this
        /// node.
        REJECTED_BY_PEER,
        /// The peer lacks mandatory flags.
        FLAGS_MISSING,
        /// The peer sent a challenge of this node back to it: it tries to obtain a proof of the cookie.
        REFLECTED,
        /// This node does not accept the peer.
        REJECTED_BY_US,
        /// The peer is connecting to this node, and that connection is the one to use.
        PEER_CONNECTS,
        /// An existing connection between both nodes stays in use.
        ALREADY_CONNECTED,
        /// Both sides do not agree on TLS: one of them does not trust the certificate of the other, they
        /// have no version in common, or one speaks TLS and the other does not.
        TLS_REFUSED,
        /// The peer closed the connection or was silent when this node began with TLS: it probably does not
        /// speak TLS.
        TLS_UNANSWERED,
        /// The peer violated the protocol.
        VIOLATION,
        /// A step took too long.
        DEADLINE,
        /// The peer closed the connection, or the network lost it.
        CLOSED
    }

    private final Failure failure;

    public HandshakeException(Failure failure, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    public HandshakeException(Failure failure, String message) {
        this(failure, message, null);
    }

    public Failure failure() {
        return failure;
    }
}
