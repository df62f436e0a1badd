package dev.pier.erlang.handshake;

/// Decides whether a peer may connect.
///
/// Threads: called once per handshake, on the thread of that handshake.
@FunctionalInterface
public interface AcceptPolicy {
    /// At this point the peer's name is only claimed: nothing must be closed or replaced before the handshake has
    /// succeeded.
    ///
    /// @return [AcceptDecision.Named] for a peer that asks for a name and may have one, another decision
    ///     otherwise
    AcceptDecision admit(PeerHello hello);
}
