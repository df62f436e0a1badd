package dev.pier.erlang;

import java.util.Optional;

/// A peer's connection at one moment.
///
/// @param state where the connection stands
/// @param since when it came there
/// @param lastProblem why it is not connected, in a sentence, or why it last was lost
public record PeerStatus(State state, java.time.Instant since, Optional<String> lastProblem) {
    /// Where a connection stands.
    public enum State {
        /// Not needed so far: it is opened at first use.
        IDLE,
        /// Being opened.
        CONNECTING,
        CONNECTED,
        /// Lost, or could not be opened; tried again by itself.
        WAITING,
        /// The peer knows another cookie, or does not let this node in; tried again slowly.
        REFUSED,
        /// This node has been stopped.
        CLOSED
    }

    public boolean isConnected() {
        return state == State.CONNECTED;
    }
}
