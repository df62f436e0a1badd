package dev.pier.erlang.connection;

import org.jspecify.annotations.Nullable;

/// Why a connection ended.
///
/// @param blame which side caused it; decides the level of the log message
/// @param reason a clause for log messages: `network failure: Connection reset`
/// @param cause the exception that ended the connection, if any
public record Disconnect(
        Blame blame, String reason, @Nullable Throwable cause) {
    /// The side that caused the end of a connection.
    public enum Blame {
        /// The peer has ended, or the network failed: normal operation.
        PEER_GONE,
        /// The peer closed the connection between two frames: it stops, or was told to disconnect.
        PEER_CLOSED,
        /// The peer violated the protocol or a limit.
        PEER_VIOLATION,
        /// This node closed the connection intentionally.
        LOCAL,
        /// A bug in this node.
        OURS
    }
}
