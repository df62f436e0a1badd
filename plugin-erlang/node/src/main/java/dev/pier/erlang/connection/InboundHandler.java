package dev.pier.erlang.connection;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.EncodedTerm;

/// Takes what arrives on a connection. Implemented by the node.
///
/// All calls come from the connection's reader, one after the other, and [#ended] is the last. They must not block
/// unless they say so: while one runs, nothing else of that connection is heard.
public interface InboundHandler {
    /// A signal has arrived.
    ///
    /// @param payload the message, reason or arguments, still encoded; empty if the signal has none
    /// @throws ProtocolViolation if a peer must not send this, which ends the connection
    void signal(ControlMessage control, EncodedTerm payload) throws ProtocolViolation;

    /// Whether the fragments of a signal are to come as they arrive, by [#fragment]. Else they are put together first.
    default boolean takesFragments(ControlMessage control) {
        return false;
    }

    /// A part of a signal's payload has arrived. Where the connection serves nothing else, this may wait until there is
    /// room for it: nothing is read meanwhile, and so the peer suspends whoever sends.
    ///
    /// @param part cut anywhere; it shares the frame's bytes
    /// @param left how many parts follow, unsigned; 0 with the last
    default void fragment(ControlMessage control, EncodedTerm part, long left) {}

    /// A signal has arrived whose payload was beyond a limit, and is gone.
    ///
    /// @param limit which limit, in a sentence
    /// @throws ProtocolViolation if a peer must not send this, which ends the connection
    void oversized(ControlMessage control, String limit) throws ProtocolViolation;

    /// The connection has ended, and nothing more will arrive.
    void ended(Disconnect disconnect);
}
