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
import dev.pier.erlang.call.GroupLeaderLookup;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.call.SpawnedExecution;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.link.BulkLanes;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.mapping.EncodedReply;
import dev.pier.erlang.stream.RemoteStream;
import dev.pier.erlang.stream.StreamCall;
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
        // Without a connection for nothing, where the peer is known already.
        link.current().ifPresent(session -> SpawnedExecution.requireSupport(session, "stream " + call));
        BulkLanes lanes = link.lanes();
        BulkLane lane = lanes.acquire(deadline);
        RemoteStream stream;
        try {
            Session session = lane.session(deadline);
            SpawnedExecution.requireSupport(session, "stream " + call);
            if (lane.isNew(session) && lanes.settings().loadProducer()) {
                ModuleLoader.load("pier_stream", self);
            }
            StreamCall started = StreamCall.start(
                    lane,
                    session,
                    call,
                    GroupLeaderLookup.of(session, deadline),
                    lanes.settings().window(),
                    timeout,
                    context.limits());
            stream = new RemoteStream(started, context.mapper(), () -> lanes.release(lane));
        } catch (ConnectionEnded e) {
            lanes.release(lane);
            throw justLost(e);
        } catch (Throwable t) {
            lanes.release(lane);
            throw t;
        }
        Duration unread = lanes.settings().unread();
        lane.checkEvery(unread.dividedBy(4), () -> stream.closeIfUnread(unread));
        stream.open(deadline);
        return stream;
    }

    private NotConnected justLost(ConnectionEnded cause) {
        return new NotConnected("not connected to " + name().name() + ": the connection has just been lost", cause);
    }
}
