package dev.pier.erlang.dist;

import dev.pier.erlang.etf.EncodedTerm;

/// What one received frame amounts to.
public sealed interface Frame {
    Frame TICK = new Tick();
    Frame PARTIAL = new Partial();
    /// The payload of messages that have none.
    EncodedTerm NO_PAYLOAD = EncodedTerm.of(new byte[0]);

    /// A sign of life.
    record Tick() implements Frame {}

    /// A fragment of a message that is not complete yet.
    record Partial() implements Frame {}

    /// A part of a message whose parts are wanted as they come.
    ///
    /// @param control the same for all parts of a message
    /// @param part a piece of the payload, cut anywhere; it shares the frame's bytes
    /// @param left how many parts follow, unsigned; 0 with the last
    record Fragment(ControlMessage control, EncodedTerm part, long left) implements Frame {}

    /// A complete message.
    ///
    /// @param payload still encoded, for whichever thread wants it; it shares the frame's bytes. [#NO_PAYLOAD]
    ///     where [ControlMessage#hasPayload()] says that there is none
    record Message(ControlMessage control, EncodedTerm payload) implements Frame {}

    /// A message that came in fragments and grew beyond a limit. All of it has arrived, its payload is gone, and
    /// the connection goes on.
    ///
    /// @param limit which limit and how much it is, for an error
    record Oversized(ControlMessage control, String limit) implements Frame {}
}
