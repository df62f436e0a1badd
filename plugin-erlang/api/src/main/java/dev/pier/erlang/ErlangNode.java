package dev.pier.erlang;

import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// This server as a node of an Erlang cluster.
public interface ErlangNode {
    /// The node's full name: `web@host`.
    String name();

    /// A peer by its name in `server.conf`, or any node by its node name (`name@host`). Does not connect.
    ///
    /// @throws IllegalArgumentException if it is neither
    Peer peer(String name);

    /// Notifies a listener of each change of the configured peers' nodes: first the present state of each node
    /// that has been connected or tried, then each change. It ends with the web application.
    ///
    /// Events come in their order, one at a time. At most 1,000 wait for a slow listener; beyond that, the oldest
    /// is discarded, with a warning.
    Subscription onPeer(PeerListener listener);

    /// Opens a process without a name, for sending and for receiving answers. Close it when it is no longer needed.
    Mailbox mailbox();

    /// Opens a process that is registered under a name, so that Erlang reaches it as `{Name, Node}`. At a
    /// redeployment the name passes from the older version of the same web application to this process.
    ///
    /// @throws IllegalStateException if the name is taken
    Mailbox mailbox(String name);

    /// Registers a process whose messages are passed to a handler.
    ///
    /// @return the process; closing it frees the name
    /// @throws IllegalStateException if the name is taken
    ErlangProcess register(String name, MessageHandler handler);

    /// Registers a server that `gen_server:call` and `cast` and Elixir's `GenServer` reach.
    ///
    /// @return the server's process; closing it frees the name
    /// @throws IllegalStateException if the name is taken, or if the server's `init` throws
    ErlangProcess register(String name, GenServer server);

    /// Starts a process without a name, whose messages are passed to a handler. It lives until it is closed or its
    /// web application ends.
    ErlangProcess spawn(MessageHandler handler);

    /// Starts a server without a name: one for each session, index or component. `gen_server:call` reaches it by
    /// its pid.
    ///
    /// @throws IllegalStateException if the server's `init` throws
    ErlangProcess spawn(GenServer server);

    /// Reads a term that is a part of another, as a reply is read: `node.read(tuple.get(1)).as(User.class)`.
    ///
    /// @throws BadArgument if the term is nested too deep
    Reply read(Term term);

    /// Reads JSON text as a reply is read: `node.readJson(JsonText.of(text)).as(Order.class)`. `null` becomes the
    /// atom that this node writes for it.
    ///
    /// @throws BadBody if the text is not JSON, or exceeds its limits; with line and column
    Reply readJson(JsonText json);

    /// The limits for JSON from clients: the settings `erlang.json.bytes`, `depth` and `digits`.
    JsonLimits jsonLimits();

    /// A `gen_server` by its pid, on any node.
    GenServerRef server(Pid server);

    /// Sends a one-way message, see [ErlangProcess#send(Pid, Object)].
    void send(Pid to, @Nullable Object message);

    /// Sends a one-way message, see [ErlangProcess#send(String, String, Object)].
    void send(String name, String node, @Nullable Object message);

    /// Sends a one-way message, see [ErlangProcess#send(String, Object)].
    void send(String name, @Nullable Object message);

    /// Exposes a function, so that Erlang can call it with any number of arguments:
    /// `rpc:call('web@host', module, function, […])`.
    ///
    /// A name that is exposed already is covered until the newer exposure is closed, so an application that
    /// replaces its predecessor leaves no gap. A function exposed for the arity of the call has precedence over one
    /// for any arity.
    ///
    /// @throws IllegalArgumentException if a name is too long for an atom
    Exposure expose(String module, String function, ErlangFunction body);

    /// As [#expose(String, String, ErlangFunction)], for calls with `arity` arguments only. Other calls are
    /// `undef`.
    ///
    /// @throws IllegalArgumentException if the arity is not 0 to 255, or a name is too long for an atom
    Exposure expose(String module, String function, int arity, ErlangFunction body);

    /// Exposes the [Exposed] methods of an object whose class names its module with [ErlangModule].
    ///
    /// @throws IllegalArgumentException if the class names no module, has no such method, or has two of the same
    ///     name and number of parameters
    Exposure expose(Object methods);

    /// Opens a further node in this JVM. It has its own name, port, processes, functions and connections, and
    /// shares host, cookie, settings and threads with this node. To other nodes it looks like a node of its own.
    ///
    /// It serves systems that identify their clients by node name. A node is cheap enough for one per session;
    /// close it with the session. It ends with the web application that opened it.
    ///
    /// @param name the part before the `@`
    /// @throws IllegalArgumentException if that is not a valid name
    /// @throws IOException if the name is taken, or no port is available
    OpenedNode open(String name) throws IOException;
}
