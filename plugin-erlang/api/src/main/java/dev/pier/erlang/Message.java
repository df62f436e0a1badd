package dev.pier.erlang;

import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Optional;

/// A message that a process of this node has got, still encoded, to be looked at as a [Reply] is.
///
/// What the node itself reports are messages, too, as in Erlang: [#term] gives `{'DOWN', Ref, process, Object, Reason}`
/// and `{'EXIT', Pid, Reason}`, and [#down] and [#exit] the same as values. A tuple that somebody only sent is a tuple
/// and nothing more: those two are empty for it.
public interface Message extends Reply {
    /// The end of a monitored process, if this message tells of one.
    Optional<Down> down();

    /// An exit signal, if this message tells of one: a linked process has ended, or somebody sent it with
    /// `exit/2`. Only processes that trap exits get such messages.
    Optional<Exit> exit();

    /// A monitored process has ended, and the monitor with it.
    ///
    /// @param monitor what [ErlangProcess#monitor] returned
    /// @param process what the monitor was set on: a pid, or `{Name, Node}`
    /// @param reason why it ended; `noproc` if it was not there, `noconnection` if its node is gone
    record Down(Reference monitor, Term process, Term reason) {}

    /// An exit signal.
    ///
    /// @param from the process that ended or sent the signal
    /// @param reason why; `noproc` if it was not there, `noconnection` if its node is gone
    record Exit(Pid from, Term reason) {}
}
