package dev.pier.erlang;

import dev.pier.erlang.term.Term;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Another node, or a group of equal nodes, under one name. Each node is reached over one connection that stays
/// open and that all threads share.
///
/// With several nodes, each call, cast, message and stream goes to one that is connected and takes calls, as the
/// [Balance] of the peer says. If it fails there with [ErlangException#maybeExecuted()] `false`, it goes on to the
/// next node within the same timeout; after any other failure never. A node that is down costs nothing while
/// another one is connected.
///
/// Arguments are plain Java values, terms, or objects that Jackson can write; `docs/results.md` has the table. A
/// `String` becomes a binary; an atom is written as `Atom.of("ok")`.
///
/// Every call ends within its timeout, with an answer or with an [ErlangException] that says whether the function
/// may have run. Safe for any number of threads.
///
/// Nodes that are not Erlang's own (JInterface, `ei`, Pyrlang) offer fewer capabilities. A node that cannot be
/// asked to spawn a process (no `DFLAG_SPAWN` or no `DFLAG_DIST_MONITOR`) is called by the legacy `rex` protocol:
/// [#call] and [#cast] send `{call, M, F, A, user}` to the process that is registered as `rex`, and [#ping] asks
/// the process `net_kernel`. A node without such a process gives no answer, and the call ends at its timeout.
public interface Peer {
    /// The name that the peer has in `server.conf`, or its node name if it is not listed there.
    String name();

    /// The peer's node name: `backend@host`. For a group of nodes, one that is connected and takes calls, if there
    /// is one, else the first. The peer's name if DNS gives no node.
    String nodeName();

    /// Calls `module:function(arguments…)` on the peer, as `erpc:call/5` does, and waits for the answer.
    ///
    /// @throws BadArgument if an argument has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none is established in time; nothing was sent
    /// @throws Overloaded if a limit of this side is reached; nothing was sent
    /// @throws RemoteThrow if the function throws. The legacy `rex` protocol gives the thrown value as the
    ///     answer
    /// @throws RemoteExit if the function's process exits
    /// @throws RemoteError if the function fails, or does not exist (`undef`)
    /// @throws ConnectionLost if the connection is lost before the answer comes
    /// @throws CallTimeout if no answer comes in time
    /// @throws CallCancelled if the calling thread is interrupted
    Reply call(String module, String function, @Nullable Object... arguments);

    /// As [#call], without waiting. The future fails with the exceptions of [#call] as they are, with
    /// [BadArgument] too. Cancelling it stops the remote process.
    ///
    /// The future is completed on a virtual thread of its own, so dependent stages may block.
    CompletableFuture<Reply> callAsync(String module, String function, @Nullable Object... arguments);

    /// Calls `module:function(arguments…)` on every node of the peer at once, and waits for all of them. Each call
    /// ends within the timeout. Nodes that are not connected or take no new calls are among the failures.
    ///
    /// @return what each node gave, in the order of the nodes
    /// @throws BadArgument if an argument has no Erlang form; nothing was sent
    /// @throws CallCancelled if the calling thread is interrupted
    List<NodeReply> callAll(String module, String function, @Nullable Object... arguments);

    /// Starts `module:function(arguments…)` on the peer as `erpc:cast/4` does, and returns once it is queued for
    /// sending. There is no confirmation that it ran.
    ///
    /// @throws BadArgument if an argument has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none is established in time; nothing was sent
    /// @throws Overloaded if a limit of this side is reached; nothing was sent
    void cast(String module, String function, @Nullable Object... arguments);

    /// The `gen_server` that is registered under `name` on the peer. Does not check that it exists.
    GenServerRef server(String name);

    /// The `gen_server` that the peer knows as `{global, Name}`, on whatever node it runs. The peer is asked
    /// for its place (`global:whereis_name/1`) at each call and each cast, so that a server which has moved is
    /// found.
    ///
    /// If it does not exist, a call fails with a [RemoteExit] (reason `noproc`, nothing was sent) and a cast is
    /// dropped, as in Erlang. Both fail as [#call] does where the peer cannot be asked.
    GenServerRef globalServer(String name);

    /// The members of a process group as one `gen_server`: those of `pg` that the nodes of the peer know, wherever
    /// they run. Each call and each cast goes to one of them, chosen as among the nodes of the peer. This server
    /// itself takes no part in `pg`.
    ///
    /// A node of the peer keeps the members current (`pg:monitor/2`, OTP 25.1 and later), or is asked before each
    /// call. A group without members fails as a server that does not exist: with a [RemoteExit] (reason `noproc`,
    /// nothing was sent).
    ///
    /// @param scope the scope's name, an atom in Erlang
    /// @param group the group's name, an atom in Erlang
    GenServerRef group(String scope, String group);

    /// The same for a group whose name is any term.
    GenServerRef group(String scope, Term group);

    /// Sends a one-way message to the process registered under `name` on the peer, and returns once it is queued
    /// for sending. Messages of one thread to one node arrive in their order; with several nodes, each message goes
    /// to one of them.
    ///
    /// @throws BadArgument if the message has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none is established in time; nothing was sent
    /// @throws Overloaded if a limit of this side is reached; nothing was sent
    void send(String name, @Nullable Object message);

    /// Calls `module:function(arguments…)` on the peer for an answer of any size, or for the rows of a producer
    /// (`pier_stream:run/1`), and waits until the answer begins.
    ///
    /// The answer comes only as fast as it is read, and a slow reader delays no other call or stream. The stream
    /// must be read to its end or closed. Until the answer begins it fails as a call does.
    ///
    /// @throws BadArgument if an argument has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none is established in time; nothing was sent
    /// @throws Overloaded if a limit of this side is reached, such as the number of streams; nothing was sent
    /// @throws UnsupportedByPeer if the peer cannot be asked to spawn a process; nothing was sent
    /// @throws RemoteThrow if the function throws
    /// @throws RemoteExit if the function's process exits
    /// @throws RemoteError if the function fails, or does not exist (`undef`)
    /// @throws ConnectionLost if the connection is lost before the answer begins
    /// @throws CallTimeout if the answer does not begin in time
    /// @throws CallCancelled if the calling thread is interrupted
    ReplyStream stream(String module, String function, @Nullable Object... arguments);

    /// The records that a module of the peer defines, for [CallOptions#withRecords]:
    /// `peer.with(options.withRecords(peer.records("users")))`. They come from the debug information in the
    /// module's object code, which the peer sends at the first time, and again after a minute; up to 100
    /// modules are kept. A module with debug information and without records gives [RecordDefinitions#NONE].
    ///
    /// @throws UnexpectedTerm if the peer has no object code of the module, or the code has no debug
    ///     information
    /// @throws ErlangException as [#call]
    RecordDefinitions records(String module);

    /// Whether the peer answers within the timeout, connecting to it first where necessary.
    boolean ping();

    /// The state of the connection now; for a group of nodes, that of a connected one if there is one. Never
    /// blocks.
    PeerStatus status();

    /// The state of the connection to each node of the peer, in the order of its configuration. Never blocks.
    List<PeerStatus> nodes();

    /// This peer reduced to one of its nodes, with the same options.
    ///
    /// @param node a node name: `backend@host`
    /// @throws IllegalArgumentException if that is no node of this peer
    Peer on(String node);

    /// Statistics of the calls to this peer so far, those of all web applications; [PeerCalls#NONE] for a peer
    /// that
    /// `server.conf` does not list. Never blocks.
    PeerCalls calls();

    /// The same peer with other options.
    Peer with(CallOptions options);
}
