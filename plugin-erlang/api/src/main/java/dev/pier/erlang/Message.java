package dev.pier.erlang;

import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Optional;

/// A message to a process of this node, encoded until it is read, as a [Reply] is.
///
/// Reports of the node are messages as well, as in Erlang: [#term] returns `{'DOWN', Ref, process, Object, Reason}`
/// or `{'EXIT', Pid, Reason}`; [#down] and [#exit] return the same as values. For an equal tuple that a process has
/// sent, [#down] and [#exit] are empty.
public interface Message extends Reply {
    /// The end of a monitored process, if this message reports one.
    Optional<Down> down();

    /// An exit signal, if this message reports one: a linked process has ended, or a process has called `exit/2`.
    /// Only processes that trap exits get such messages.
    Optional<Exit> exit();

    /// The call that this message is, if `gen_server:call` or a function like it has sent it. For mailboxes and
    /// handlers; a [GenServer] gets calls as [GenServer#handleCall].
    Optional<GenServer.Call> call();

    /// A monitored process has ended, and the monitor with it.
    ///
    /// @param monitor what [ErlangProcess#monitor] returned
    /// @param process what the monitor was set on: a pid, or `{Name, Node}`
    /// @param reason the exit reason; `noproc` if it did not exist, `noconnection` if the connection was lost
    record Down(Reference monitor, Term process, Term reason) {}

    /// An exit signal.
    ///
    /// @param from the process that ended or sent the signal
    /// @param reason the exit reason; `noproc` if it did not exist, `noconnection` if the connection was lost
    record Exit(Pid from, Term reason) {}
}
