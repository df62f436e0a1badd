package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.NodeName;

/// What we answer to a peer that connects (`erl_dist_protocol`, Distribution Handshake, the status message).
public sealed interface AcceptDecision {
    /// Go on.
    record Ok() implements AcceptDecision {}

    /// Go on: we were connecting to the peer ourselves, and give that up for this connection.
    record OkSimultaneous() implements AcceptDecision {}

    /// We are connecting to the peer ourselves, and that connection is the one to use.
    record Nok() implements AcceptDecision {}

    /// The peer is connected already. If it says that it is not, the handshake goes on, and its success means that
    /// the old connection is dead.
    record Alive() implements AcceptDecision {}

    /// The peer may not connect.
    record NotAllowed() implements AcceptDecision {}

    /// Go on under this name; for a peer that asked for one.
    ///
    /// @param name its host is the peer's own
    record Named(NodeName name, int creation) implements AcceptDecision {}
}
