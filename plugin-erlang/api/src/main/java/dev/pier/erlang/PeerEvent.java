package dev.pier.erlang;

/// A change of one node of a peer, for a [PeerListener].
///
/// @param node the node's name: `backend@host`
/// @param kind what has changed
/// @param reason why, in a phrase for operators
public record PeerEvent(String node, Kind kind, String reason) {
    /// The kinds of changes.
    public enum Kind {
        /// It is connected and takes calls.
        UP,
        /// The connection is lost, or could not be opened. The next attempt comes by itself.
        DOWN,
        /// It has another cookie, or does not accept this node.
        REFUSED,
        /// It is connected and takes no new calls (`pier:drain/1`).
        DRAINING
    }
}
