package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.call.BatchedCall;
import dev.pier.erlang.call.CallOutcome;
import dev.pier.erlang.call.ErpcResult;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.call.SpawnedExecution;
import dev.pier.erlang.call.StreamExecution;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.StreamSignalDispatcher;
import dev.pier.erlang.stream.StreamBuffer.Item;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import org.jspecify.annotations.Nullable;

/// A call whose answer is read while it arrives.
///
/// Threads: the connection's reader puts what arrives into the buffer, and on a lane waits there while it is full.
/// The consumer's thread starts the call and reads; any thread closes.
public final class StreamCall implements PendingReply, BulkLane.Receiver {
    /// Up to so many fragments of an unwanted answer are read to the end; with more, the connection is closed.
    private static final long MAX_UNWANTED_FRAGMENTS = 16;

    private final StreamStart start;
    private final StreamExecution execution;
    private final boolean request;
    private final StreamBuffer buffer;
    private final StreamBudget.@Nullable Share share;
    private volatile long fragmentsLeft;

    /// The process that sends the rows, once it has said so.
    private volatile @Nullable Pid producer;

    private StreamCall(
            StreamStart start, StreamExecution execution, boolean request, StreamBudget.@Nullable Share share) {
        this.start = start;
        this.execution = execution;
        this.request = request;
        this.share = share;
        this.buffer = new StreamBuffer(start.call(), start.window(), share, start.timeout());
    }

    /// Sends the request over a lane, as [SpawnedExecution#start].
    public static StreamCall start(BulkLane lane, StreamStart start) throws ConnectionEnded {
        SpawnedExecution spawned = new SpawnedExecution(start.session());
        StreamCall stream = new StreamCall(start, spawned, false, null);
        lane.receive(start.session(), spawned.caller(), stream);
        spawned.start(stream, start.groupLeader(), start.call());
        return stream;
    }

    /// Sends the request over the connection that streams share. `pier_stream` runs the function.
    ///
    /// @param share the stream's share of memory
    /// @param signals delivers the messages of the stream, until it is closed
    static StreamCall startShared(StreamSignalDispatcher signals, StreamBudget.Share share, StreamStart start)
            throws ConnectionEnded {
        return spawn(signals, share, start, StreamModule.EXECUTE);
    }

    /// The same for a producer whose return value is ignored: with few messages, and through the call batcher, if the
    /// peer has one.
    static StreamCall startRequest(StreamSignalDispatcher signals, StreamBudget.Share share, StreamStart start)
            throws ConnectionEnded {
        Pid batcher = start.session().batcher().orElse(null);
        if (batcher != null) {
            BatchedCall batched = new BatchedCall(start.session(), batcher);
            StreamCall stream = new StreamCall(start, batched, true, share);
            if (batched.start(stream, inBatcher(start.call().over(start.session()), batched.tag()))) {
                return stream;
            }
        }
        return spawn(signals, share, start, StreamModule.SPAWNED);
    }

    /// `pier_stream:batched(Tag, Module, Function, Arguments)`.
    private static FunctionCall inBatcher(FunctionCall call, Reference tag) {
        return new FunctionCall(call.node(), StreamModule.NAME, StreamModule.BATCHED, 4, out -> {
            TermEncoder.encodeListHeader(4, out);
            TermEncoder.encodeReference(tag, out);
            TermEncoder.encodeAtom(call.module(), out);
            TermEncoder.encodeAtom(call.function(), out);
            call.arguments().accept(out);
            TermEncoder.encodeNil(out);
        });
    }

    private static StreamCall spawn(
            StreamSignalDispatcher signals, StreamBudget.Share share, StreamStart start, Atom execute)
            throws ConnectionEnded {
        SpawnedExecution spawned = new SpawnedExecution(start.session());
        StreamCall stream = new StreamCall(start, spawned, execute.equals(StreamModule.SPAWNED), share);
        signals.open(start.session(), spawned.caller(), stream);
        try {
            spawned.start(stream, start.groupLeader(), StreamModule.NAME, execute, start.call());
            return stream;
        } catch (Throwable t) {
            signals.close(spawned.caller());
            throw t;
        }
    }

    /// Lets the dispatcher discard later messages of a spawned process.
    void forget(StreamSignalDispatcher signals) {
        if (execution instanceof SpawnedExecution) {
            signals.close(execution.caller());
        }
    }

    StreamBuffer buffer() {
        return buffer;
    }

    /// In bytes: the window on a lane, the largest window on a shared connection.
    int window() {
        return start.window();
    }

    StreamBudget.@Nullable Share share() {
        return share;
    }

    DecodeLimits limits() {
        return start.limits();
    }

    /// Whether the answer is that of `pier_stream:spawned/4`.
    boolean isRequest() {
        return request;
    }

    /// The tag of the answer.
    Reference tag() {
        return execution.tag();
    }

    /// Reads the answer.
    ErpcResult result() {
        return new ErpcResult(start.call(), execution.tag(), start.limits());
    }

    /// The process that sends the rows has said its pid.
    void producer(Pid pid) {
        producer = pid;
    }

    /// Sends a message to the process that runs the function. After the end of the process it is discarded.
    void send(Term message) {
        Pid to = producer != null ? producer : execution.pid().orElse(null);
        if (to != null) {
            start.session().sendRequired(new ControlMessage.Send(execution.caller(), to), execution.caller(), message);
        }
    }

    /// Stops the process, or discards what still comes of its answer. Idempotent.
    void close() {
        buffer.close();
        execution.abandon();
        if (Long.compareUnsigned(fragmentsLeft, MAX_UNWANTED_FRAGMENTS) > 0) {
            start.session().close("a stream was closed in the middle of its answer");
        }
    }

    /// On a shared connection, a large answer comes in messages. Fragments carry only the reason of a failure, which is
    /// small enough to be put together.
    @Override
    public boolean takesFragments() {
        return share == null;
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
            case Event.Message(EncodedTerm message) -> {
                if (isAnswer(message)) {
                    answer(message, 0);
                } else {
                    message(message);
                }
            }
            case Event.Oversized(String limit) -> oversized(limit);
            case Event.Lost(var disconnect) -> {
                execution.ended();
                buffer.end(new CallOutcome.Lost(disconnect));
            }
            case Event.BatcherEnded(Term reason) -> {
                if (execution instanceof BatchedCall) {
                    answer(EncodedTerm.of(reason), 0);
                }
            }
        }
    }

    private void answer(EncodedTerm part, long left) {
        execution.ended();
        fragmentsLeft = left;
        if (buffer.put(new Item.Part(part)) && left == 0) {
            buffer.end(null);
        }
    }

    /// A call of the batcher gets its rows and a large answer by its reference; the answer begins with the tag.
    private boolean isAnswer(EncodedTerm message) {
        try {
            EtfInput in = message.open(start.limits());
            return in.read1() == Tag.SMALL_TUPLE
                    && in.read1() >= 3
                    && in.peek1() == Tag.NEWER_REFERENCE
                    && TermDecoder.decodeReference(in).equals(execution.tag());
        } catch (MalformedTerm e) {
            // The consumer's to report.
            return false;
        }
    }

    @Override
    public void message(EncodedTerm message) {
        if (!buffer.put(new Item.Message(message))) {
            // It would go on sending what is discarded.
            execution.abandon();
        }
    }

    @Override
    public void oversized(String limit) {
        buffer.end(new CallOutcome.Oversized(limit));
        execution.abandon();
    }

    @Override
    public String toString() {
        return start.call().toString();
    }
}
