package dev.pier.erlang.servlet.socket;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.Peer;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import org.jspecify.annotations.Nullable;

/// A browser as an Erlang process: a WebSocket with a pid.
///
/// ```java
/// @ServerEndpoint("/room/{name}")
/// public class Room {
///     @Resource(name = "erlang/node") ErlangNode node;
///     @Resource(name = "erlang/backend") Peer backend;
///
///     @OnOpen public void open(Session session, @PathParam("name") String name) {
///         ErlangSocket.open(session, node).join(backend, "room", "join", name);
///     }
/// }
/// ```
///
/// `room:join(Pid, <<"name">>)` returns `{ok, Server}`. From then on:
///
/// - A text frame, which is JSON, becomes the message `{pier_socket, Pid, Term}` to the server. Texts become
///   binaries, never atoms. Text that is not JSON closes the socket with 1007, and a frame above the container's limit
///   with 1009; Erlang gets nothing of them.
/// - A message to the pid, and a `gen_server:cast`, becomes a text frame of JSON. `gen_server:call(Pid, Term)` does
///   the same, and returns `ok` once the frame has been sent.
/// - The process is linked with the server. If the server or a call of `exit(Pid, Reason)` ends it, the socket closes
///   with 1000 for `normal`, 1001 for `shutdown` and `{shutdown, _}`, the code and the text of `{close, Code, Text}`,
///   and 1011 for any other reason. If the browser leaves, the process ends with `{shutdown, {closed, Code}}`.
///
/// Hazard: a server of several sockets must trap exits, or a browser that leaves ends it; or see
/// [SocketOptions#withoutLink].
///
/// Bounds: a browser that reads slowly has a queue ([SocketOptions#queue]); a frame beyond it closes the socket with
/// 1013. Senders are never slowed. In the other direction the socket stops reading while too many frames wait at the
/// server ([SocketOptions#credit]).
///
/// *Threads.* Any. Nothing but [#join] waits; there is no thread for a socket on which nothing happens.
///
/// *Lifecycle.* The process ends with the socket and with the application. Pier reports the close of a session at
/// once; in other containers, call [#closed(Session, CloseReason)] in the endpoint's `@OnClose` method, or the
/// process ends within a second, with the code 1006.
public final class ErlangSocket {
    private final SocketProcess process;
    private final ErlangNode node;

    private ErlangSocket(SocketProcess process, ErlangNode node) {
        this.process = process;
        this.node = node;
    }

    /// Opens a process for a WebSocket, with [SocketOptions#DEFAULT]. To be called in the endpoint's `@OnOpen`
    /// method, before another handler for text messages is added.
    ///
    /// @throws IllegalStateException if the session has a handler for text messages, or the application has ended
    public static ErlangSocket open(Session session, ErlangNode node) {
        return open(session, node, SocketOptions.DEFAULT);
    }

    /// The same with other options.
    ///
    /// @throws IllegalStateException if the session has a handler for the same messages, the name is taken, or the
    ///     application has ended
    public static ErlangSocket open(Session session, ErlangNode node, SocketOptions options) {
        SocketProcess made = SocketProcess.start(session, node, options);
        return new ErlangSocket(made, node);
    }

    /// The pid, which Erlang sends to.
    public Pid self() {
        return process().self();
    }

    /// The process, for monitors, links and messages in its name.
    public ErlangProcess process() {
        return process.self();
    }

    /// Calls `module:function(Pid, arguments…)` on a peer, and connects the browser with the server that it returns:
    ///
    /// | it returns | the socket |
    /// |---|---|
    /// | `{ok, Pid}`, `{ok, {Name, Node}}`; `{ok, Name}` if the peer is one node | is connected with it |
    /// | `{close, Code}`, `{close, Code, Text}` | is closed with that code |
    /// | `{error, Reason}` | is closed with 1008 |
    ///
    /// A call that fails closes the socket as well: with 1013 if the peer is not connected or overloaded, so that
    /// the browser tries again later, and otherwise with 1011. The reason is in the log, under the reference in the
    /// close reason; the method throws nothing.
    ///
    /// Frames of the browser wait until the function has returned.
    public ErlangSocket join(Peer peer, String module, String function, @Nullable Object... arguments) {
        @Nullable Object[] all = new Object[arguments.length + 1];
        all[0] = self();
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try {
            joined(peer, peer.call(module, function, all).term());
        } catch (NotConnected | Overloaded e) {
            process.refuse(CloseCodes.TRY_AGAIN_LATER, "", e);
        } catch (ErlangException e) {
            process.fail(module + ":" + function + " failed", e);
        }
        return this;
    }

    private void joined(Peer peer, Term answer) {
        if (answer instanceof Tuple ok && ok.is(Atom.OK, 2)) {
            process.connect(server(peer, ok.get(1)));
        } else if (answer instanceof Tuple error && error.is(Atom.ERROR, 2)) {
            process.refuse(CloseCodes.VIOLATED_POLICY, "", new ReturnedError("the socket was refused", error.get(1)));
        } else if (CloseReasons.chosen(answer).isPresent()) {
            process.self().end(answer);
        } else {
            throw new UnexpectedTerm("expected {ok, Server}, {close, Code, Text} or {error, Reason}, got " + answer);
        }
    }

    private Pid server(Peer peer, Term server) {
        return switch (server) {
            case Pid pid -> pid;
            case Atom name
            when peer.nodes().size() == 1 ->
                whereis(name, peer.nodes().getFirst().node());
            case Tuple(var parts)
            when parts.size() == 2 && parts.get(0) instanceof Atom name && parts.get(1) instanceof Atom on ->
                whereis(name, on.name());
            default ->
                throw new UnexpectedTerm("expected a pid or {Name, Node} for the server, got " + server
                        + (server instanceof Atom ? ", which each node of " + peer.name() + " may have" : ""));
        };
    }

    private Pid whereis(Atom name, String on) {
        Term found = node.peer(on).call("erlang", "whereis", name).term();
        if (found instanceof Pid pid) {
            return pid;
        }
        throw new UnexpectedTerm("the server {" + name + "," + on + "} does not exist");
    }

    /// Connects the browser with a server, as [#join] does with the one that the function returns.
    public ErlangSocket to(Pid server) {
        process.connect(server);
        return this;
    }

    /// Ends the process of a session that has been closed, with `{shutdown, {closed, Code}}`. Pier does this
    /// itself; for the `@OnClose` method of an endpoint in other containers. Idempotent; without effect on a
    /// session without a process.
    public static void closed(Session session, CloseReason reason) {
        SocketProcess.of(session).ifPresent(process -> process.closed(reason));
    }
}
