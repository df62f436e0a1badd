package dev.pier.erlang.peer;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.CallBatcher;
import dev.pier.erlang.call.CallStrategy;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.mapping.EncodedReply;
import dev.pier.erlang.stream.StreamStarter;
import dev.pier.erlang.term.Atom;
import java.time.Duration;

/// One node of a peer: each operation finds the connection, sends, waits on the calling thread, and decodes
/// there. Safe for many threads; has no threads of its own.
///
/// @param link the way to the node
record PeerNode(PeerLink link, PeerContext context) {
    Atom name() {
        return link.name().atom();
    }

    PeerStatus status() {
        return link.status();
    }

    /// Whether calls to the node are requests to spawn, rather than the legacy `rex` protocol. Connects if
    /// necessary.
    boolean canSpawn(Duration timeout) {
        Session session = link.session(System.nanoTime() + timeout.toNanos());
        return CallStrategy.canSpawn(session.connection().capabilities());
    }

    /// Calls a function and waits for its answer.
    ///
    /// @param self the peer reduced to this node, for loading the call batcher
    Reply call(FunctionCall call, Duration timeout, Peer self) {
        long started = System.nanoTime();
        try {
            Reply reply = reply(call, timeout, started + timeout.toNanos(), self);
            context.listener().ended(null, System.nanoTime() - started);
            return reply;
        } catch (ErlangException e) {
            context.listener().ended(e, System.nanoTime() - started);
            throw e;
        }
    }

    private Reply reply(FunctionCall call, Duration timeout, long deadline, Peer self) {
        Session session = link.session(deadline);
        CallBatcher.startOnce(session, self, context.limits());
        try {
            return new EncodedReply(
                    CallStrategy.of(session)
                            .start(session, context.processes(), call, deadline)
                            .await(deadline, timeout, context.limits()),
                    context.mapper(),
                    context.limits());
        } catch (ConnectionEnded e) {
            throw justLost(e);
        }
    }

    /// Calls a function without an answer.
    void cast(FunctionCall call, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Session session = link.session(deadline);
        try {
            CallStrategy.of(session).cast(session, call, deadline);
        } catch (ConnectionEnded e) {
            throw justLost(e);
        }
    }

    /// Calls a function for an answer that is read while it arrives, and waits until it begins.
    ///
    /// @param self the peer reduced to this node, for loading `pier_stream`
    ReplyStream stream(FunctionCall call, Duration timeout, Peer self) {
        long started = System.nanoTime();
        try {
            ReplyStream stream = open(call, timeout, started + timeout.toNanos(), self);
            context.listener().ended(null, System.nanoTime() - started);
            return stream;
        } catch (ErlangException e) {
            context.listener().ended(e, System.nanoTime() - started);
            throw e;
        }
    }

    private ReplyStream open(FunctionCall call, Duration timeout, long deadline, Peer self) {
        try {
            return new StreamStarter(link, context.mapper(), context.limits()).open(call, timeout, deadline, self);
        } catch (ConnectionEnded e) {
            throw justLost(e);
        }
    }

    private NotConnected justLost(ConnectionEnded cause) {
        return new NotConnected("not connected to " + name().name() + ": the connection has just been lost", cause);
    }
}
