package dev.pier.erlang.handshake;

/// Decides about a peer that connects. Called once a handshake, on its thread.
@FunctionalInterface
public interface AcceptPolicy {
    /// The name is only claimed at this point: close or replace nothing before the handshake has succeeded.
    ///
    /// @return [AcceptDecision.Named] for a peer that wants a name and may have one, anything else for the others
    AcceptDecision admit(PeerHello hello);
}
