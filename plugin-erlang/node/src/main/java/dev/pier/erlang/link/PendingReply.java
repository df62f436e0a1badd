package dev.pier.erlang.link;

import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Term;

/// A registered wait for the events of one of this node's references: the answer to a spawn request, the end of
/// a monitored process, a message to an alias.
///
/// Threads: the reader of the connection on which the reference was used makes all calls. They must not block,
/// unless stated otherwise.
public interface PendingReply {
    /// An event of the reference.
    sealed interface Event {
        /// The answer to a spawn request: the pid, or an atom that says why no process was started.
        record Spawned(Term result) implements Event {}

        /// The end of the monitored process, which also ends the monitor. The pending reply has been removed.
        ///
        /// @param reason the exit reason, still encoded
        record Exit(EncodedTerm reason) implements Event {}

        /// As [Exit], from a peer that has the reason inside the control message.
        record DecodedExit(Term reason) implements Event {}

        /// A message to the alias.
        record Message(EncodedTerm message) implements Event {}

        /// A part of the exit reason of the monitored process. With the last part the pending reply has been
        /// removed. On a [BulkLane] its receiver may block until there is room.
        ///
        /// @param part cut at any byte
        /// @param left how many parts follow, unsigned; 0 with the last
        record Fragment(EncodedTerm part, long left) implements Event {}

        /// A message or an exit reason exceeded a limit and was discarded. In the case of an exit reason the
        /// pending reply has been removed.
        ///
        /// @param limit which limit, in a sentence
        record Oversized(String limit) implements Event {}

        /// The call batcher on the peer has ended: the calls that it was running get no answer. The pending
        /// reply is still registered.
        ///
        /// @param reason why it ended
        record BatcherEnded(Term reason) implements Event {}

        /// The connection has been lost: nothing follows. The pending reply has been removed.
        record Lost(Disconnect disconnect) implements Event {}
    }

    /// Whether it counts as one of the calls and monitors whose number is limited.
    default boolean isCounted() {
        return true;
    }

    /// Whether an exit reason that comes in fragments is to be delivered part by part, as [Event.Fragment].
    default boolean takesFragments() {
        return false;
    }

    void on(Event event);
}
