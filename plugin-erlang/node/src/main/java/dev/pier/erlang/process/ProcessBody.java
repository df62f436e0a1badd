package dev.pier.erlang.process;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;

/// The reaction of a process of this node to what reaches it: a mailbox keeps messages, a served call needs only
/// the end.
///
/// Threads: readers of connections and senders inside the node, several at once. No method may block. [#exit] and
/// [#down] are called with the process's lock held and may not call the process.
public interface ProcessBody {
    /// Takes a message, still encoded. One that arrives after the end of the process is discarded.
    void message(EncodedTerm message);

    /// An answer to this process exceeded a limit and was discarded.
    ///
    /// @param limit which limit, in a sentence
    default void oversized(String limit) {}

    /// A message that came over a connection exceeded a limit and was discarded. If a process waits for an
    /// answer to it, it should get an error.
    ///
    /// @param head the begin of the message
    /// @param limit which limit, in a sentence
    default void oversized(Session session, EncodedTerm head, String limit) {}

    /// Takes a message that came over a connection.
    default void message(Session session, EncodedTerm message) {
        message(message);
    }

    /// Takes an exit signal of a process that traps exits: `{'EXIT', From, Reason}`.
    ///
    /// @return false if it was discarded because too many wait; [#overflowed] follows
    default boolean exit(Pid from, ExitReason reason) {
        return true;
    }

    /// An exit signal was discarded because too many wait. Called without the process's lock.
    default void overflowed() {}

    /// Takes the end of a monitored process: `{'DOWN', Monitor, process, Object, Reason}`.
    ///
    /// @param object what the monitor was set on: a pid, or `{Name, Node}`
    default void down(Reference monitor, Term object, ExitReason reason) {}

    /// An incoming monitor of this process has ended without a `DOWN`: its process ended it or has ended, or
    /// the connection is lost.
    default void demonitored(Reference monitor) {}

    /// The present activity of the process, for `process_info`.
    default ProcessSnapshot.Activity activity() {
        return ProcessSnapshot.Activity.NONE;
    }

    /// The process has ended and is no longer in the table. Called once, without any lock, by the thread that
    /// ended it.
    void ended(ExitReason reason);
}
