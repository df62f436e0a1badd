package dev.pier.erlang.dist;

import dev.pier.erlang.etf.EncodedTerm;

/// What one received frame contains.
public sealed interface Frame {
    Frame TICK = new Tick();
    Frame PARTIAL = new Partial();
    /// The payload of signals without one.
    EncodedTerm NO_PAYLOAD = EncodedTerm.of(new byte[0]);

    /// A sign of life.
    record Tick() implements Frame {}

    /// A fragment, after which its message is still incomplete.
    record Partial() implements Frame {}

    /// A part of a message that is wanted in parts.
    ///
    /// @param control the same for all parts of a message
    /// @param part a piece of the payload, cut anywhere; shares the bytes of the frame
    /// @param left how many parts follow, unsigned; 0 with the last
    record Fragment(ControlMessage control, EncodedTerm part, long left) implements Frame {}

    /// A complete message.
    ///
    /// @param payload still encoded, for any thread; shares the bytes of the frame. [#NO_PAYLOAD] if
    ///     [ControlMessage#hasPayload()] is false
    record Message(ControlMessage control, EncodedTerm payload) implements Frame {}

    /// A fragmented message that exceeded a limit. All its fragments have arrived, and its payload is
    /// discarded; the connection stays open.
    ///
    /// @param head the begin of the payload, which says who waits for an answer
    /// @param limit what was discarded and for which limit, for an error
    record Oversized(ControlMessage control, EncodedTerm head, String limit) implements Frame {}
}
