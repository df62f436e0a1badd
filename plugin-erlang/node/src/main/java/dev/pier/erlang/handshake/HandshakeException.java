package dev.pier.erlang.handshake;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A handshake that did not succeed. The message is a sentence that names the peer; [#failure()] is for decisions.
///
/// Whatever the failure, the connection is of no more use: whoever began the handshake closes it.
public final class HandshakeException extends IOException {
    private static final long serialVersionUID = 1L;

    /// How it failed.
    public enum Failure {
        /// The peer has proved not to know our cookie.
        COOKIE_REJECTED,
        /// The peer left when it had seen our proof: most likely it has another cookie.
        COOKIE_REFUSED,
        /// The peer does not want us: it misses flags, or we are not on its list.
        NOT_ALLOWED,
        /// The peer lacks flags that nobody can do without.
        FLAGS_MISSING,
        /// We do not want the peer.
        REFUSED,
        /// The peer connects to us at this moment, and that connection is the one to use.
        PEER_CONNECTS,
        /// Both sides are connected already, and stay so.
        ALREADY_CONNECTED,
        /// A packet that has no place in the protocol.
        VIOLATION,
        /// A step took too long.
        DEADLINE,
        /// The peer left, or the network broke.
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
