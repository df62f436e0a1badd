package dev.pier.erlang;

import java.time.Instant;
import java.util.Optional;

/// The connection to one node of a peer at one moment.
///
/// @param node the node's name: `backend@host`
/// @param state the state of the connection
/// @param since when the connection entered that state
/// @param lastProblem why it is not connected, in a sentence, or why it was lost the last time
public record PeerStatus(String node, State state, Instant since, Optional<String> lastProblem) {
    /// The states of a connection.
    public enum State {
        /// Not used so far: it is opened at first use.
        IDLE,
        /// Being opened.
        CONNECTING,
        /// Open; the node takes calls.
        CONNECTED,
        /// Open; the node takes no new calls (`pier:drain/1`).
        DRAINING,
        /// Lost, or could not be opened. The next attempt comes by itself.
        WAITING,
        /// The peer has another cookie, or does not accept this node. The next attempt comes by itself, after a
        /// long pause.
        REFUSED,
        /// This node has been stopped.
        CLOSED
    }

    /// Whether the connection is open, also to a node that takes no new calls.
    public boolean isConnected() {
        return state == State.CONNECTED || state == State.DRAINING;
    }
}
