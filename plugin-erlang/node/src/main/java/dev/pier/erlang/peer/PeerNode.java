package dev.pier.erlang.peer;

import dev.pier.erlang.NotConnected;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.CallBatcher;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.CallStrategy;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.mapping.EncodedReply;
import dev.pier.erlang.stream.RemoteStream;
import dev.pier.erlang.stream.StreamStarter;
import dev.pier.erlang.term.Atom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// One node of a peer: each operation finds the connection, sends, waits on the calling thread, and decodes
/// there. Each counts at the node's gate, and fails if the node drains. Safe for many threads; has no threads of
/// its own.
///
/// @param link the way to the node
record PeerNode(PeerLink link) {
    Atom name() {
        return link.name().atom();
    }

    String nodeName() {
        return link.name().toString();
    }

    PeerStatus status() {
        return link.status();
    }

    /// Begins to connect if the link is idle.
    void connectIfUnused() {
        if (link.gate().isUnused()) {
            CompletableFuture<?> _ = link.arrival();
        }
    }

    /// Why the node takes no calls, in a phrase.
    String whyNot() {
        PeerStatus status = link.status();
        return status.node() + " "
                + switch (status.state()) {
                    case DRAINING -> "drains";
                    case CONNECTED -> "has just connected";
                    case CLOSED -> "is closed: this node has been stopped";
                    case IDLE, CONNECTING, WAITING, REFUSED ->
                        "is not connected: " + status.lastProblem().orElse("still connecting");
                };
    }

    /// Whether calls to the node are requests to spawn, rather than the legacy `rex` protocol. Connects if
    /// necessary.
    boolean canSpawn(long deadline) {
        return CallStrategy.canSpawn(link.session(deadline).connection().capabilities());
    }

    /// Runs something that counts as a call to the node.
    <T> T entered(Supplier<T> operation) {
        enter();
        try {
            return operation.get();
        } finally {
            link.gate().leave();
        }
    }

    private void enter() {
        if (!link.gate().enter()) {
            throw new NotConnected(nodeName() + " takes no new calls: it drains");
        }
    }

    /// Calls a function and waits for its answer.
    ///
    /// @param owner whose call it is
    Reply call(FunctionCall call, Duration timeout, long deadline, RemotePeer owner) {
        enter();
        try {
            return reply(call, timeout, deadline, owner);
        } finally {
            link.gate().leave();
        }
    }

    private Reply reply(FunctionCall call, Duration timeout, long deadline, RemotePeer owner) {
        PeerContext context = owner.context();
        Session session = link.session(deadline);
        if (session.seekBatcher()) {
            startBatcher(session, owner);
        }
        try {
            return new EncodedReply(
                    CallStrategy.of(session)
                            .start(session, context.processes(), call, deadline)
                            .await(deadline, timeout, context.limits()),
                    context.mapper(),
                    context.limits(),
                    timeout);
        } catch (ConnectionEnded e) {
            throw justLost(e);
        }
    }

    private void startBatcher(Session session, RemotePeer owner) {
        PeerContext context = owner.context();
        CallBatcher.start(
                session, owner.on(this), context.limits(), context.listener().hasContexts());
    }

    /// Calls a function without an answer.
    void cast(FunctionCall call, long deadline) {
        enter();
        try {
            Session session = link.session(deadline);
            CallStrategy.of(session).cast(session, call, deadline);
        } catch (ConnectionEnded e) {
            throw justLost(e);
        } finally {
            link.gate().leave();
        }
    }

    /// Calls a function for an answer that is read while it arrives, and waits until it begins. It counts as a call
    /// until the stream is closed.
    ///
    /// @param listener is told when the stream is over
    /// @param owner whose stream it is
    ReplyStream stream(FunctionCall call, Duration timeout, long deadline, CallListener listener, RemotePeer owner) {
        RemoteStream stream = start(owner, starter -> starter.start(call, timeout, deadline, owner.on(this)));
        stream.open(deadline);
        stream.afterClose(listener::closed);
        return stream;
    }

    /// Calls a producer, and returns before its answer begins. It counts as a call until the stream is closed.
    ///
    /// @param started when the call began
    /// @param listener is told when the answer has begun, and when the stream is over
    /// @param owner whose stream it is
    ReplyStream request(FunctionCall call, Duration timeout, long started, CallListener listener, RemotePeer owner) {
        long deadline = started + timeout.toNanos();
        RemoteStream stream = start(owner, starter -> {
            Session session = link.session(deadline);
            if (session.seekBatcher()) {
                startBatcher(session, owner);
            }
            return starter.request(call, timeout, deadline, owner.on(this));
        });
        stream.openLater(failure -> listener.ended(nodeName(), failure, System.nanoTime() - started));
        stream.afterClose(listener::closed);
        return stream;
    }

    private interface Start {
        RemoteStream by(StreamStarter starter) throws ConnectionEnded;
    }

    /// Starts a stream. When it is closed, it leaves the gate.
    private RemoteStream start(RemotePeer owner, Start start) {
        PeerContext context = owner.context();
        enter();
        try {
            return start.by(
                    new StreamStarter(link, context.mapper(), context.limits(), context.endless(), link.gate()::leave));
        } catch (ConnectionEnded e) {
            link.gate().leave();
            throw justLost(e);
        } catch (Throwable t) {
            link.gate().leave();
            throw t;
        }
    }

    private NotConnected justLost(ConnectionEnded cause) {
        return new NotConnected("not connected to " + nodeName() + ": the connection has just been lost", cause);
    }

    @Override
    public String toString() {
        return nodeName();
    }
}
