package dev.pier.erlang.call;

import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One call that the peer's [CallBatcher] runs, in a process that only the batcher knows. Safe for many threads.
///
/// ```
/// {call, Ref, Module, Function, Arguments}    {cancel, Ref}
/// ```
/// A small answer comes inside a batch, a large one as a message to the reference.
public final class BatchedCall implements RemoteExecution, StreamExecution {
    private static final Atom CANCEL = Atom.of("cancel");

    private final Session session;
    private final Pid batcher;
    private final Reference id;
    private final AtomicBoolean over = new AtomicBoolean();

    public BatchedCall(Session session, Pid batcher) {
        this.session = session;
        this.batcher = batcher;
        this.id = session.identifiers().nextReference();
    }

    /// Sends the request. The arguments are encoded on this thread, before anything is queued.
    ///
    /// @param pending takes the events of the call
    /// @return false if the batcher has just ended; then nothing was sent
    public boolean start(PendingReply pending, FunctionCall call) throws ConnectionEnded {
        session.pendingReplies().register(id, pending);
        try {
            // The end of the batcher is noted before the calls in the table are ended: one of both sees this call.
            if (!batcher.equals(session.batcher().orElse(null))) {
                session.pendingReplies().remove(id);
                return false;
            }
            FunctionCall sent = call.over(session);
            session.send(toBatcher(), session.nodePid(), out -> {
                TermEncoder.encodeTupleHeader(5, out);
                TermEncoder.encodeAtom(WellKnownAtoms.CALL, out);
                TermEncoder.encodeReference(id, out);
                TermEncoder.encodeAtom(sent.module(), out);
                TermEncoder.encodeAtom(sent.function(), out);
                sent.arguments().accept(out);
            });
            return true;
        } catch (Throwable t) {
            session.pendingReplies().remove(id);
            throw t;
        }
    }

    @Override
    public Reference tag() {
        return id;
    }

    @Override
    public Pid caller() {
        return session.nodePid();
    }

    /// Only the batcher knows the process.
    @Override
    public Optional<Pid> pid() {
        return Optional.empty();
    }

    @Override
    public boolean spawned(Term result) {
        return true;
    }

    /// After a large answer and after the batcher's end the reference is still registered.
    @Override
    public void ended() {
        over.set(true);
        session.pendingReplies().remove(id);
    }

    private ControlMessage toBatcher() {
        return new ControlMessage.Send(session.nodePid(), batcher);
    }

    @Override
    public @Nullable CallOutcome outcome(PendingReply.Event event) {
        CallOutcome end = switch (event) {
            case PendingReply.Event.Exit(var answer) -> new CallOutcome.Answered(answer);
            case PendingReply.Event.Message(var answer) -> new CallOutcome.Answered(answer);
            case PendingReply.Event.DecodedExit(var reason) -> new CallOutcome.AnsweredDecoded(reason);
            case PendingReply.Event.BatcherEnded(var reason) -> new CallOutcome.AnsweredDecoded(reason);
            case PendingReply.Event.Oversized(var limit) -> new CallOutcome.Oversized(limit);
            case PendingReply.Event.Lost(var disconnect) -> new CallOutcome.Lost(disconnect);
            case PendingReply.Event.Spawned _, PendingReply.Event.Fragment _ -> null;
        };
        if (end != null) {
            ended();
        }
        return end;
    }

    @Override
    public CallResult result(FunctionCall call, DecodeLimits limits) {
        return new ErpcResult(call, id, limits);
    }

    @Override
    public void abandon() {
        if (over.compareAndSet(false, true)) {
            session.pendingReplies().remove(id);
            session.sendRequired(toBatcher(), session.nodePid(), out -> {
                TermEncoder.encodeTupleHeader(2, out);
                TermEncoder.encodeAtom(CANCEL, out);
                TermEncoder.encodeReference(id, out);
            });
        }
    }
}
