package dev.pier.erlang;

import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import org.jspecify.annotations.Nullable;

/// A process of this node: it has a pid, and Erlang can send to it, link itself with it and monitor it.
///
/// Messages are plain Java values, terms, or objects that Jackson can write. What goes from one process to another
/// arrives in the order in which it was sent. Safe for many threads; after its end every method but [#self],
/// [#isAlive], [#end] and [#close] throws [ProcessEnded].
public interface ErlangProcess extends AutoCloseable {
    /// The pid, which Erlang can send to.
    Pid self();

    /// Whether the process has not ended yet.
    boolean isAlive();

    /// Sends a message, and returns once it is queued for sending. To a process that is not there it goes nowhere,
    /// as in Erlang.
    ///
    /// @throws BadArgument if the message has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection to the process's node; nothing was sent
    /// @throws Overloaded if a bound of this side is reached; nothing was sent
    void send(Pid to, @Nullable Object message);

    /// Sends to whoever is registered under a name on a node: `{name, node} ! message`.
    ///
    /// @throws BadArgument if the message has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection to that node; nothing was sent
    /// @throws Overloaded if a bound of this side is reached; nothing was sent
    void send(String name, String node, @Nullable Object message);

    /// Sends to whoever is registered under a name on this node.
    ///
    /// @throws BadArgument if the message has no Erlang form; nothing was sent
    /// @throws IllegalArgumentException if nobody is
    void send(String name, @Nullable Object message);

    /// Links this process with another: when one of them ends for another reason than `normal`, so does the other,
    /// unless it traps exits. If the other one is not there, or not to be reached, this one gets an exit signal at
    /// once.
    ///
    /// @throws Overloaded if a bound of this side is reached
    void link(Pid other);

    /// Ends a link; does nothing where there is none.
    void unlink(Pid other);

    /// Monitors another process: its end arrives as a message, see [Message#down].
    ///
    /// @throws Overloaded if a bound of this side is reached
    Reference monitor(Pid process);

    /// Monitors whoever is registered under a name on a node.
    ///
    /// @throws Overloaded if a bound of this side is reached
    Reference monitor(String name, String node);

    /// Ends a monitor: its message does not arrive any more, and is taken out again if it had arrived already and had
    /// not been received (Erlang's option `flush`).
    void demonitor(Reference monitor);

    /// Sends an exit signal, as `exit(Pid, Reason)` does. The reason `kill`, an atom, ends any process.
    ///
    /// @throws BadArgument if the reason has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection to the process's node; nothing was sent
    /// @throws Overloaded if a bound of this side is reached; nothing was sent
    void exit(Pid other, @Nullable Object reason);

    /// Whether exit signals become messages ([Message#exit]) instead of ending this process. Not so at the beginning.
    void trapExit(boolean trap);

    /// Ends the process for that reason, which its links and monitors are told. Idempotent.
    void end(Object reason);

    /// Ends the process as one that has done its work: reason `normal`. Idempotent.
    @Override
    void close();
}
