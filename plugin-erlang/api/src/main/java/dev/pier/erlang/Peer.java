package dev.pier.erlang;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Another node, reached over one connection that stays open and that all threads share.
///
/// Arguments are plain Java values, terms, or objects that Jackson can write; `docs/results.md` has the table. A
/// `String` becomes a binary; an atom has to be asked for: `Atom.of("ok")`.
///
/// Every call ends within its time, with an answer or with an [ErlangException] that tells whether the function may
/// have run. Safe for use by any number of threads.
public interface Peer {
    /// The name that the peer has in `server.conf`, or its node name if it is not listed there.
    String name();

    /// The peer's node name: `backend@host`.
    String nodeName();

    /// Calls `module:function(arguments…)` on the peer, as `erpc:call/5` does, and waits for the answer.
    ///
    /// @throws BadArgument if an argument has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none comes in time; nothing was sent
    /// @throws Overloaded if a bound of this side is reached; nothing was sent
    /// @throws RemoteThrow if the function throws
    /// @throws RemoteExit if the function's process exits
    /// @throws RemoteError if the function fails, or does not exist (`undef`)
    /// @throws ConnectionLost if the connection is lost while waiting
    /// @throws CallTimeout if no answer comes in time
    /// @throws CallCancelled if the calling thread is interrupted
    Reply call(String module, String function, @Nullable Object... arguments);

    /// As [#call], without waiting. The future fails with the exceptions of [#call] as they are; a bad argument fails
    /// it too. Cancelling it stops the remote process.
    ///
    /// The future is completed on a virtual thread of its own, so what depends on it may block.
    CompletableFuture<Reply> callAsync(String module, String function, @Nullable Object... arguments);

    /// Starts `module:function(arguments…)` on the peer as `erpc:cast/4` does, and returns once it is queued for
    /// sending. Whether it ran, nobody says.
    ///
    /// @throws BadArgument if an argument has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none comes in time; nothing was sent
    /// @throws Overloaded if a bound of this side is reached; nothing was sent
    void cast(String module, String function, @Nullable Object... arguments);

    /// The `gen_server` that is registered under a name on the peer. Does not look whether there is one.
    GenServerRef server(String name);

    /// The `gen_server` that the peer knows as `{global, Name}`, on whatever node it runs. The peer is asked where
    /// that is (`global:whereis_name/1`) at each call and each cast, so that a server which has moved is found.
    ///
    /// Where there is none, a call fails with a [RemoteExit] (reason `noproc`, nothing was sent) and a cast goes
    /// nowhere, as in Erlang. Both fail as [#call] does where the peer cannot be asked.
    GenServerRef globalServer(String name);

    /// Sends a message that nobody is to answer to whoever is registered under a name on the peer, and returns once it
    /// is queued for sending. Messages of one thread arrive in their order.
    ///
    /// @throws BadArgument if the message has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none comes in time; nothing was sent
    /// @throws Overloaded if a bound of this side is reached; nothing was sent
    void send(String name, @Nullable Object message);

    /// Calls `module:function(arguments…)` on the peer for an answer of any size, or for the rows of a producer
    /// (`pier_stream:run/1`), and waits until the answer begins.
    ///
    /// It comes over a connection beside the one of the calls, so that a slow reader delays nobody else.
    /// The stream must be read to its end or closed. What may go wrong with a call goes wrong here, until the
    /// answer begins.
    ///
    /// @throws BadArgument if an argument has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none comes in time; nothing was sent
    /// @throws Overloaded if a bound of this side is reached, such as the number of streams; nothing was sent
    /// @throws RemoteThrow if the function throws
    /// @throws RemoteExit if the function's process exits
    /// @throws RemoteError if the function fails, or does not exist (`undef`)
    /// @throws ConnectionLost if the connection is lost while waiting
    /// @throws CallTimeout if the answer does not begin in time
    /// @throws CallCancelled if the calling thread is interrupted
    ReplyStream stream(String module, String function, @Nullable Object... arguments);

    /// Whether the peer answers within the timeout, connecting to it first where need be.
    boolean ping();

    /// What is known of the connection right now. Never blocks.
    PeerStatus status();

    /// What calls to this peer have been like so far, those of all web applications; [PeerCalls#NONE] for a peer that
    /// `server.conf` does not list. Never blocks.
    PeerCalls calls();

    /// The same peer with other options.
    Peer with(CallOptions options);
}
