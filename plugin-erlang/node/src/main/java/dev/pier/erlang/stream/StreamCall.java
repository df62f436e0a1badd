package dev.pier.erlang.stream;

import dev.pier.erlang.call.CallOutcome;
import dev.pier.erlang.call.ErpcResult;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.call.SpawnedExecution;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.stream.StreamBuffer.Item;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.time.Duration;

/// A call whose answer is read while it arrives.
///
/// Threads: the lane's reader puts what arrives into the buffer, and waits there while it is full. The consumer's
/// thread starts the call and reads; any thread closes.
public final class StreamCall implements PendingReply, BulkLane.Receiver {
    /// Up to so many fragments of an unwanted answer are read to the end; with more, the connection is closed.
    private static final long MAX_UNWANTED_FRAGMENTS = 16;

    private final Session session;
    private final SpawnedExecution execution;
    private final FunctionCall call;
    private final int window;
    private final DecodeLimits limits;
    private final StreamBuffer buffer;
    private volatile long fragmentsLeft;

    private StreamCall(Session session, FunctionCall call, int window, Duration timeout, DecodeLimits limits) {
        this.session = session;
        this.execution = new SpawnedExecution(session);
        this.call = call;
        this.window = window;
        this.limits = limits;
        this.buffer = new StreamBuffer(call, window, timeout);
    }

    /// Sends the request, as [SpawnedExecution#start].
    ///
    /// @param groupLeader the process that the function's output goes to
    /// @param window how many bytes may wait for the consumer
    /// @param timeout how long the answer may take to begin, and a returned value may pause
    /// @param limits of each element and row
    public static StreamCall start(
            BulkLane lane,
            Session session,
            FunctionCall call,
            Pid groupLeader,
            int window,
            Duration timeout,
            DecodeLimits limits)
            throws ConnectionEnded {
        StreamCall stream = new StreamCall(session, call, window, timeout, limits);
        lane.receive(stream.execution.caller(), stream);
        stream.execution.start(stream, groupLeader, call);
        return stream;
    }

    StreamBuffer buffer() {
        return buffer;
    }

    int window() {
        return window;
    }

    DecodeLimits limits() {
        return limits;
    }

    /// The tag of the answer.
    Reference tag() {
        return execution.tag();
    }

    /// Reads the answer.
    ErpcResult result() {
        return new ErpcResult(call, execution.tag(), limits);
    }

    /// Sends a message to the process that runs the function. After the end of the process it is discarded.
    void send(Term message) {
        execution
                .pid()
                .ifPresent(to -> session.sendRequired(
                        new ControlMessage.Send(execution.caller(), to), execution.caller(), message));
    }

    /// Stops the process, or discards what still comes of its answer. Idempotent.
    void close() {
        buffer.close();
        execution.abandon();
        if (Long.compareUnsigned(fragmentsLeft, MAX_UNWANTED_FRAGMENTS) > 0) {
            session.close("a stream was closed in the middle of its answer");
        }
    }

    @Override
    public boolean takesFragments() {
        return true;
    }

    @Override
    public void on(Event event) {
        switch (event) {
            case Event.Spawned(Term result) -> {
                if (!execution.spawned(result)) {
                    buffer.end(new CallOutcome.NotSpawned(result));
                }
            }
            case Event.Fragment(EncodedTerm part, long left) -> answer(part, left);
            case Event.Exit(EncodedTerm reason) -> answer(reason, 0);
            case Event.DecodedExit(Term reason) -> answer(EncodedTerm.of(reason), 0);
            case Event.Message(EncodedTerm message) -> message(message);
            case Event.Oversized(String limit) -> oversized(limit);
            case Event.Lost(var disconnect) -> {
                execution.ended();
                buffer.end(new CallOutcome.Lost(disconnect));
            }
            case Event.BatcherEnded _ -> {
                // The call batcher runs no streams.
            }
        }
    }

    private void answer(EncodedTerm part, long left) {
        execution.ended();
        fragmentsLeft = left;
        buffer.put(new Item.Part(part));
        if (left == 0) {
            buffer.end(null);
        }
    }

    @Override
    public void message(EncodedTerm message) {
        buffer.put(new Item.Message(message));
    }

    @Override
    public void oversized(String limit) {
        buffer.end(new CallOutcome.Oversized(limit));
    }

    @Override
    public String toString() {
        return call.toString();
    }
}
