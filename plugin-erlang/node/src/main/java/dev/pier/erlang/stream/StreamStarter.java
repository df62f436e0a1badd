package dev.pier.erlang.stream;

import dev.pier.erlang.Peer;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.call.GroupLeaderLookup;
import dev.pier.erlang.call.SpawnedExecution;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.link.BulkLanes;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.process.EndlessUses;
import dev.pier.erlang.term.Pid;
import java.time.Duration;

/// Starts streams: over the connection to the peer if that has `pier_stream`, otherwise over a lane. Runs on the
/// calling thread.
///
/// @param link the way to the peer
/// @param limits of each element and row
/// @param endless the streams that end when the application begins to drain
/// @param closed runs when a stream that was started is closed
public record StreamStarter(
        PeerLink link, ValueMapper mapper, DecodeLimits limits, EndlessUses endless, Runnable closed) {
    /// Calls a function. The stream is not open yet.
    ///
    /// @param timeout how long the answer may take to begin, and a returned value may pause
    /// @param peer the peer reduced to the node of the link, for loading `pier_stream`
    /// @throws ConnectionEnded if the connection was lost before the request was sent
    public RemoteStream start(FunctionCall call, Duration timeout, long deadlineNanos, Peer peer)
            throws ConnectionEnded {
        Session session = link.session(deadlineNanos);
        SpawnedExecution.requireSupport(session, "stream " + call);
        boolean load = link.lanes().settings().loadProducer();
        return StreamModule.version(session, load, peer, deadlineNanos, timeout, limits) >= StreamModule.FIRST
                ? shared(session, call, false, timeout, deadlineNanos)
                : onLane(call, timeout, deadlineNanos);
    }

    /// Calls a producer whose return value is ignored. With the call batcher on the peer, and a single row, the
    /// request and its answer take a message each.
    public RemoteStream request(FunctionCall call, Duration timeout, long deadlineNanos, Peer peer)
            throws ConnectionEnded {
        Session session = link.session(deadlineNanos);
        if (session.streamVersion() == null) {
            SpawnedExecution.requireSupport(session, "stream " + call);
        }
        boolean load = link.lanes().settings().loadProducer();
        int version = StreamModule.version(session, load, peer, deadlineNanos, timeout, limits);
        return version >= StreamModule.WITH_REQUESTS
                ? shared(session, call, true, timeout, deadlineNanos)
                : start(call, timeout, deadlineNanos, peer);
    }

    private RemoteStream shared(
            Session session, FunctionCall call, boolean request, Duration timeout, long deadlineNanos)
            throws ConnectionEnded {
        BulkLanes.Shared shared = link.lanes().shared();
        StreamBudget.Share share = shared.budget().enter();
        try {
            Pid groupLeader = GroupLeaderLookup.of(session, deadlineNanos);
            int window = link.lanes().settings().window();
            StreamStart start = new StreamStart(session, call, groupLeader, window, timeout, limits);
            StreamCall started = request
                    ? StreamCall.startRequest(shared.signals(), share, start)
                    : StreamCall.startShared(shared.signals(), share, start);
            RemoteStream stream = new RemoteStream(started, mapper, endless, closing -> {
                shared.unread().remove(closing);
                started.forget(shared.signals());
                share.close();
                closed.run();
            });
            shared.unread().add(stream);
            return stream;
        } catch (Throwable t) {
            share.close();
            throw t;
        }
    }

    private RemoteStream onLane(FunctionCall call, Duration timeout, long deadlineNanos) throws ConnectionEnded {
        BulkLanes lanes = link.lanes();
        BulkLane lane = lanes.acquire(deadlineNanos);
        try {
            Session session = lane.session(deadlineNanos);
            SpawnedExecution.requireSupport(session, "stream " + call);
            Pid groupLeader = GroupLeaderLookup.of(session, deadlineNanos);
            int window = lanes.settings().window();
            StreamCall started =
                    StreamCall.start(lane, new StreamStart(session, call, groupLeader, window, timeout, limits));
            RemoteStream stream = new RemoteStream(started, mapper, endless, _ -> {
                lanes.release(lane);
                closed.run();
            });
            lane.serve(stream, lanes.settings().unread());
            return stream;
        } catch (Throwable t) {
            lanes.release(lane);
            throw t;
        }
    }
}
