package dev.pier.erlang;

import dev.pier.erlang.term.Pid;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// This server as a node among Erlang nodes.
public interface ErlangNode {
    /// The node's full name: `web@host`.
    String name();

    /// A peer by its name in `server.conf`, or any node by its node name (`name@host`). Does not connect.
    ///
    /// @throws IllegalArgumentException if the name is neither
    Peer peer(String name);

    /// A process without a name, to send with and to be answered at. Close it when it is no longer needed.
    Mailbox mailbox();

    /// A process that is registered under a name, so that Erlang reaches it as `{Name, Node}`. A name that an older
    /// version of the same web application still has passes over to this one.
    ///
    /// @throws IllegalStateException if the name is taken
    Mailbox mailbox(String name);

    /// A process, registered under a name, whose messages are given to a handler.
    ///
    /// @return the process; closing it frees the name
    /// @throws IllegalStateException if the name is taken
    ErlangProcess register(String name, MessageHandler handler);

    /// A server, registered under a name, that `gen_server:call` and `cast` reach, and Elixir's `GenServer`.
    ///
    /// @return the server's process; closing it frees the name
    /// @throws IllegalStateException if the name is taken, or if the server's `init` throws
    ErlangProcess register(String name, GenServer server);

    /// A `gen_server` by its pid, on whatever node.
    GenServerRef server(Pid server);

    /// Sends a message that nobody is to answer, see [ErlangProcess#send(Pid, Object)].
    void send(Pid to, @Nullable Object message);

    /// Sends a message that nobody is to answer, see [ErlangProcess#send(String, String, Object)].
    void send(String name, String node, @Nullable Object message);

    /// Sends a message that nobody is to answer, see [ErlangProcess#send(String, Object)].
    void send(String name, @Nullable Object message);

    /// Lets Erlang call a function here: `rpc:call('web@host', module, function, […])`, with any number of
    /// arguments.
    ///
    /// Exposing a name that is exposed already covers what was there, until the newer one is closed: so an
    /// application that replaces its predecessor leaves no gap. A function for just as many arguments goes
    /// before one for any number.
    ///
    /// @throws IllegalArgumentException if a name is too long for an atom
    Exposure expose(String module, String function, ErlangFunction body);

    /// The same for calls with that many arguments only; those with another number are `undef`.
    ///
    /// @throws IllegalArgumentException if the arity is not 0 to 255, or a name is too long for an atom
    Exposure expose(String module, String function, int arity, ErlangFunction body);

    /// Lets Erlang call the [Exposed] methods of an object whose class names its module by [ErlangModule].
    ///
    /// @throws IllegalArgumentException if the class names no module, has no such method, or has two of one name
    ///     and number of parameters
    Exposure expose(Object methods);

    /// Opens another node beside this one: with its own name and port, its own processes, functions and
    /// connections, on the same host and with the same cookie, settings and threads. Other nodes cannot tell it
    /// from a node on its own.
    ///
    /// For systems that know their clients by node name. It is cheap enough for one a session; close it with
    /// the session. It ends with the web application that has opened it.
    ///
    /// @param name what comes before the `@`
    /// @throws IllegalArgumentException if that is no name
    /// @throws IOException if the name is taken, or no port is to be had
    OpenedNode open(String name) throws IOException;
}
