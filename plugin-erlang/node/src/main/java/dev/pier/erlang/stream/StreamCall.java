package dev.pier.erlang.stream;

import dev.pier.erlang.call.ErpcCall;
import dev.pier.erlang.call.SpawnedExecution;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.stream.StreamBuffer.Item;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.function.Consumer;

/// One call on its way, whose answer is taken while it arrives.
///
/// The lane's reader puts what comes into the window, and waits there when it is full; the consumer's thread starts the
/// call, takes out and closes.
public final class StreamCall implements PendingReply, BulkLane.Receiver {
    /// So many fragments of an unwanted answer are rather read to the end than the connection given up for them.
    private static final long FEW_FRAGMENTS = 16;

    private final Session session;
    private final SpawnedExecution process;
    private final StreamBuffer inflow;
    private volatile long fragmentsLeft;
    private volatile boolean closed;

    private StreamCall(Session session, int window) {
        this.session = session;
        this.process = new SpawnedExecution(session);
        this.inflow = new StreamBuffer(window);
    }

    /// Sends the request, as [SpawnedExecution#start].
    ///
    /// @param window how many bytes may wait for the consumer
    public static StreamCall start(
            BulkLane lane,
            Session session,
            int window,
            Pid groupLeader,
            Atom module,
            Atom function,
            Consumer<EtfOutput> arguments)
            throws ConnectionEnded {
        StreamCall call = new StreamCall(session, window);
        lane.receive(call.process.caller(), call);
        call.process.start(call, groupLeader, module, function, arguments);
        return call;
    }

    /// The tag that the answer carries.
    Reference tag() {
        return process.tag();
    }

    /// What has come.
    StreamBuffer inflow() {
        return inflow;
    }

    /// Sends a message to the process that was called. One that has ended gets it no more.
    void send(Term message) {
        process.pid()
                .ifPresent(to ->
                        session.sendRequired(new ControlMessage.Send(process.caller(), to), process.caller(), message));
    }

    boolean isClosed() {
        return closed;
    }

    /// The consumer has gone: the process is stopped, or what still comes of its answer is dropped. Idempotent.
    void close() {
        closed = true;
        inflow.close();
        process.abandon();
        if (Long.compareUnsigned(fragmentsLeft, FEW_FRAGMENTS) > 0) {
            session.close("a stream was closed in the middle of its answer");
        }
    }

    @Override
    public void spawned(ControlMessage.SpawnReply reply) {
        if (!process.spawned(reply.result())) {
            inflow.end(new ErpcCall.Outcome.NotSpawned(reply.result()));
        }
    }

    @Override
    public boolean takesFragments() {
        return true;
    }

    @Override
    public void fragment(EncodedTerm part, long left) {
        process.ended();
        fragmentsLeft = left;
        inflow.put(new Item.Part(part));
        if (left == 0) {
            inflow.end(null);
        }
    }

    @Override
    public void down(EncodedTerm reason) {
        fragment(reason, 0);
    }

    @Override
    public void down(Term reason) {
        down(EncodedTerm.of(reason));
    }

    @Override
    public void message(EncodedTerm message) {
        inflow.put(new Item.Message(message));
    }

    @Override
    public void oversized(String limit) {
        inflow.end(new ErpcCall.Outcome.Oversized(limit));
    }

    @Override
    public void lost(Disconnect disconnect) {
        process.ended();
        inflow.end(new ErpcCall.Outcome.Lost(disconnect));
    }
}
