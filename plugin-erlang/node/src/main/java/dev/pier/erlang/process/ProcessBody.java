package dev.pier.erlang.process;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;

/// What a process of this node does with what reaches it: a mailbox keeps it, a served call looks only for its end.
///
/// The calls come from the readers of connections and from senders inside the node, several at once. None may block.
/// [#exit] and [#down] are called with the process's lock held and may not use the process.
public interface ProcessBody {
    /// A message, still encoded. It may come after the end of the process, and is nobody's then.
    void message(EncodedTerm message);

    /// A message to an alias of this process was beyond a limit, and is gone.
    ///
    /// @param limit which limit, in a sentence
    default void oversized(String limit) {}

    /// A linked process has ended, or somebody sent an exit signal, and this process traps exits:
    /// `{'EXIT', From, Reason}`.
    default void exit(Pid from, ExitReason reason) {}

    /// A process that this one monitored has ended: `{'DOWN', Monitor, process, Object, Reason}`.
    ///
    /// @param object what the monitor was set on: a pid, or `{Name, Node}`
    default void down(Reference monitor, Term object, ExitReason reason) {}

    /// Somebody who monitored this process does so no more: it gave up, or its node is gone.
    default void unwatched(Reference monitor) {}

    /// The process has ended and is no longer in the table. Called once, without any lock, by whoever ended it.
    void ended(ExitReason reason);
}
