package dev.pier.erlang.connection;

import org.jspecify.annotations.Nullable;

/// Why a connection ended, by whose doing.
///
/// @param blame whose doing it was, which decides how loudly it is logged
/// @param reason in a sentence without a subject: `closed by the peer`
/// @param cause what was thrown, if anything was
public record Disconnect(
        Blame blame, String reason, @Nullable Throwable cause) {
    /// Whose doing the end of a connection was.
    public enum Blame {
        /// It left, or the network lost it: an everyday matter.
        PEER_GONE,
        /// It broke the protocol or a limit.
        PEER_VIOLATION,
        /// This node closed the connection on purpose.
        LOCAL,
        /// A fault of this program.
        OURS
    }
}
