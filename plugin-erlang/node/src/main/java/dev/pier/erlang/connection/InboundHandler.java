package dev.pier.erlang.connection;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.EncodedTerm;

/// Receives the signals of a connection.
///
/// Threads. The reader makes all calls, one after the other; [#ended] is the last. A call must not block unless
/// its description allows it: meanwhile, the connection reads nothing.
public interface InboundHandler {
    /// A signal has arrived.
    ///
    /// @param payload the message, reason or arguments, still encoded; empty if the signal has no payload
    /// @throws ProtocolViolation if a peer must not send this signal; ends the connection
    void signal(ControlMessage control, EncodedTerm payload) throws ProtocolViolation;

    /// Whether the payload of a signal is delivered in parts, by [#fragment]. Otherwise its fragments are
    /// assembled first.
    default boolean takesFragments(ControlMessage control) {
        return false;
    }

    /// A part of the payload of a signal has arrived.
    ///
    /// This call may wait for room if the connection serves nothing else. The connection does not read
    /// meanwhile, so the peer suspends its senders.
    ///
    /// @param part a piece of the payload, cut anywhere; shares the bytes of the frame
    /// @param left how many parts follow, unsigned; 0 with the last
    default void fragment(ControlMessage control, EncodedTerm part, long left) {}

    /// A signal has arrived whose payload exceeded a limit; the payload was discarded.
    ///
    /// @param head the begin of the payload
    /// @param limit which limit, in a clause
    /// @throws ProtocolViolation if a peer must not send this signal; ends the connection
    void oversized(ControlMessage control, EncodedTerm head, String limit) throws ProtocolViolation;

    /// The connection has ended; nothing more will arrive.
    void ended(Disconnect disconnect);
}
