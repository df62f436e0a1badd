package dev.pier.erlang;

import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A process of this node: it has a pid, and Erlang can send to it, link with it and monitor it.
///
/// Messages are plain Java values, terms, or objects that Jackson can write. Messages from one process to another
/// arrive in the order in which they were sent.
///
/// Threads: any. Lifecycle: after the end of the process every method but [#self], [#isAlive], [#end] and [#close]
/// throws [ProcessEnded].
public interface ErlangProcess extends AutoCloseable {
    /// The pid, which Erlang can send to.
    Pid self();

    /// Whether the process has not ended yet.
    boolean isAlive();

    /// Sends a message, and returns once it is queued for sending. A message to a process that does not exist is
    /// discarded, as in Erlang.
    ///
    /// @throws BadArgument if the message has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection to the process's node; nothing was sent
    /// @throws Overloaded if a limit of this node is reached; nothing was sent
    void send(Pid to, @Nullable Object message);

    /// Sends to the process registered under a name on a node: `{name, node} ! message`.
    ///
    /// @throws BadArgument if the message has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection to that node; nothing was sent
    /// @throws Overloaded if a limit of this node is reached; nothing was sent
    void send(String name, String node, @Nullable Object message);

    /// Sends to the process registered under a name on this node.
    ///
    /// @throws BadArgument if the message has no Erlang form; nothing was sent
    /// @throws IllegalArgumentException if no process of this node has the name
    void send(String name, @Nullable Object message);

    /// Sends to an alias: a reference that its owner takes messages for, until it ends the alias.
    ///
    /// @throws BadArgument if the message has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection to the alias's node; nothing was sent
    /// @throws UnsupportedByPeer if that node offers no aliases, as JInterface does; nothing was sent
    /// @throws Overloaded if a limit of this node is reached; nothing was sent
    void send(Reference alias, @Nullable Object message);

    /// A new reference, as `make_ref()` makes it: unique, to tell answers apart.
    Reference makeRef();

    /// The processes that this one is linked with.
    Set<Pid> links();

    /// Links this process with another: when one of them ends with a reason other than `normal`, so does the other,
    /// unless it traps exits. If the other process does not exist or cannot be reached, this one gets an exit
    /// signal at once.
    ///
    /// @throws Overloaded if a limit of this node is reached
    void link(Pid other);

    /// Ends a link. Without a link it has no effect.
    void unlink(Pid other);

    /// Monitors another process: its end arrives as a message, see [Message#down]. A process that does not exist or
    /// cannot be reached gives that message at once.
    ///
    /// @throws UnsupportedByPeer if the process's node offers no monitors, as JInterface does; nothing was sent
    /// @throws Overloaded if a limit of this node is reached
    Reference monitor(Pid process);

    /// Monitors the process registered under a name on a node, as [#monitor(Pid)].
    ///
    /// @throws UnsupportedByPeer if that node offers no monitors, as JInterface does; nothing was sent
    /// @throws Overloaded if a limit of this node is reached
    Reference monitor(String name, String node);

    /// Ends a monitor: its message does not arrive any more. If it has arrived and was not received, it is removed
    /// (Erlang's option `flush`).
    void demonitor(Reference monitor);

    /// Sends an exit signal, as `exit(Pid, Reason)` does. The reason `kill`, an atom, ends any process.
    ///
    /// @throws BadArgument if the reason has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection to the process's node; nothing was sent
    /// @throws Overloaded if a limit of this node is reached; nothing was sent
    void exit(Pid other, @Nullable Object reason);

    /// Sets whether exit signals become messages ([Message#exit]) instead of ending this process. Initially they
    /// end it.
    void trapExit(boolean trap);

    /// Ends the process with that reason, which its links and monitors report. Idempotent.
    void end(Object reason);

    /// Ends the process with the reason `normal`. Idempotent.
    @Override
    void close();
}
