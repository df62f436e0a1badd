package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.NodeName;

/// This node's answer to a peer that connects: the status message of the handshake.
///
/// SPEC: erl_dist_protocol The Handshake in Detail, send_status
public sealed interface AcceptDecision {
    /// The handshake continues.
    record Ok() implements AcceptDecision {}

    /// The handshake continues. This node was connecting to the peer too, and drops its own attempt.
    record OkSimultaneous() implements AcceptDecision {}

    /// The handshake ends: this node is connecting to the peer too, and its own attempt continues.
    record Nok() implements AcceptDecision {}

    /// The peer is connected already. If it answers that it is not, the handshake continues; its success means that
    /// the old connection is dead.
    record Alive() implements AcceptDecision {}

    /// The peer may not connect.
    record NotAllowed() implements AcceptDecision {}

    /// The handshake continues under this name, for a peer that asked for one.
    ///
    /// @param name with the host of the peer
    record Named(NodeName name, int creation) implements AcceptDecision {}
}
