package dev.pier.erlang.link;

import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Term;

/// What waits under one of our references: for the answer to a spawn request, for the end of a monitored process,
/// for a message to an alias.
///
/// All calls come from the reader of the connection that the reference was used on; they must not block unless they
/// say so.
public interface PendingReply {
    /// Whether it is one of the calls and monitors that are counted and bounded.
    default boolean isCounted() {
        return true;
    }

    /// The answer to a spawn request.
    default void spawned(ControlMessage.SpawnReply reply) {}

    /// The monitored process has ended, which also ends the monitor: the holder has been taken out of the table.
    ///
    /// @param reason the exit reason, still encoded
    default void down(EncodedTerm reason) {}

    /// The same, for a peer that puts the reason into the control message.
    default void down(Term reason) {}

    /// A message to the alias.
    default void message(EncodedTerm message) {}

    /// Whether an exit reason that comes in fragments is to be told part by part, by [#fragment].
    default boolean takesFragments() {
        return false;
    }

    /// A part of the exit reason of the monitored process. On a [BulkLane] this may wait until there is room for it.
    /// With the last part the holder has been taken out of the table.
    ///
    /// @param part cut anywhere
    /// @param left how many parts follow, unsigned; 0 with the last
    default void fragment(EncodedTerm part, long left) {}

    /// The message or the exit reason was beyond a limit, and is gone; where it was an exit reason, the holder has
    /// been taken out of the table.
    ///
    /// @param limit which limit, in a sentence
    default void oversized(String limit) {}

    /// The helper on the peer that runs calls has ended. Who waits for an answer of it gets none; the holder is in
    /// the table still.
    ///
    /// @param reason why it ended
    default void helperEnded(Term reason) {}

    /// The connection has been lost: nothing will come any more. The holder has been taken out of the table.
    void lost(Disconnect disconnect);
}
