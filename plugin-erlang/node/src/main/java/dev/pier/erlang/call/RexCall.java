package dev.pier.erlang.call;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Reference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One call by the legacy `rex` protocol, for peers that cannot be asked to spawn a process. Safe for many
/// threads.
///
/// ```
/// {Self, {call, Module, Function, Arguments, user}}         to the process `rex`; answer {rex, Result} to Self
/// {'$gen_cast', {cast, Module, Function, Arguments, user}}  to the process `rex`; no answer
/// ```
/// The answer carries no tag, so each call has a process of its own to receive it.
///
/// Hazard: the protocol cannot stop a function, and a node without a process `rex` discards the request. In
/// both cases the call ends at its timeout.
///
/// OTP: rpc.erl:handle_info/2, handle_cast/2. SEEN: OTP 25, `erl_call` and JInterface's `sendRPC` send the call
/// like this.
final class RexCall implements RemoteExecution {
    private final Session session;

    /// Registers the call in the session, for the limit on calls and for the loss of the connection. It is not
    /// sent.
    private final Reference id;

    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable LocalProcess receiver;

    RexCall(Session session) {
        this.session = session;
        this.id = session.identifiers().nextReference();
    }

    /// Sends the request. The arguments are encoded on this thread, before anything is queued.
    ///
    /// @param pending takes the events of the call
    void start(PendingReply pending, ProcessTable processes, FunctionCall call) throws ConnectionEnded {
        session.pendingReplies().register(id, pending);
        try {
            LocalProcess process = processes.spawn(_ -> new Receiver(session, pending));
            receiver = process;
            session.send(new ControlMessage.RegSend(process.pid(), WellKnownAtoms.REX), process.pid(), out -> {
                TermEncoder.encodeTupleHeader(2, out);
                TermEncoder.encodePid(process.pid(), out);
                encode(WellKnownAtoms.CALL, call, out);
            });
        } catch (Throwable t) {
            abandon();
            throw t;
        }
    }

    /// Starts a function without waiting for an answer.
    static void cast(Session session, FunctionCall call) throws ConnectionEnded {
        session.send(new ControlMessage.RegSend(session.nodePid(), WellKnownAtoms.REX), session.nodePid(), out -> {
            TermEncoder.encodeTupleHeader(2, out);
            TermEncoder.encodeAtom(WellKnownAtoms.GEN_CAST, out);
            encode(WellKnownAtoms.CAST, call, out);
        });
    }

    private static void encode(Atom kind, FunctionCall call, EtfOutput out) {
        TermEncoder.encodeTupleHeader(5, out);
        TermEncoder.encodeAtom(kind, out);
        TermEncoder.encodeAtom(call.module(), out);
        TermEncoder.encodeAtom(call.function(), out);
        call.arguments().accept(out);
        TermEncoder.encodeAtom(WellKnownAtoms.USER, out);
    }

    @Override
    public @Nullable CallOutcome outcome(PendingReply.Event event) {
        CallOutcome end = switch (event) {
            case PendingReply.Event.Message(var answer) -> new CallOutcome.Answered(answer);
            case PendingReply.Event.DecodedExit(var reason) -> new CallOutcome.AnsweredDecoded(reason);
            case PendingReply.Event.Oversized(var limit) -> new CallOutcome.Oversized(limit);
            case PendingReply.Event.Lost(var disconnect) -> new CallOutcome.Lost(disconnect);
            case PendingReply.Event.Exit _,
                    PendingReply.Event.Spawned _,
                    PendingReply.Event.Fragment _,
                    PendingReply.Event.BatcherEnded _ -> null;
        };
        if (end == null || !over.compareAndSet(false, true)) {
            return null;
        }
        close();
        return end;
    }

    @Override
    public CallResult result(FunctionCall call, DecodeLimits limits) {
        return new RexResult(call, limits);
    }

    /// Discards the answer that may still come. The function runs on.
    @Override
    public void abandon() {
        if (over.compareAndSet(false, true)) {
            close();
        }
    }

    private void close() {
        session.pendingReplies().remove(id);
        LocalProcess process = receiver;
        if (process != null) {
            process.end(ExitReason.NORMAL);
        }
    }

    /// The process that receives the answer.
    private record Receiver(Session asked, PendingReply pending) implements ProcessBody {
        /// Takes an answer only from the node that was asked.
        @Override
        public void message(Session session, EncodedTerm message) {
            if (session == asked) {
                message(message);
            }
        }

        /// Messages of another form are discarded.
        @Override
        public void message(EncodedTerm message) {
            if (isAnswer(message)) {
                pending.on(new PendingReply.Event.Message(message));
            }
        }

        private static boolean isAnswer(EncodedTerm message) {
            try {
                return RexResult.open(message, DecodeLimits.DEFAULT) != null;
            } catch (MalformedTerm e) {
                // The calling thread finds the same, and reports it.
                return true;
            }
        }

        @Override
        public void oversized(Session session, EncodedTerm head, String limit) {
            if (session == asked) {
                pending.on(new PendingReply.Event.Oversized(limit));
            }
        }

        /// Another process has ended this one while it waited. After the answer this has no effect.
        @Override
        public void ended(ExitReason reason) {
            pending.on(new PendingReply.Event.DecodedExit(reason.term()));
        }
    }
}
