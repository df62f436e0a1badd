package dev.pier.erlang.call;

import dev.pier.erlang.UnsupportedByPeer;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The process on a peer in which one call runs, as `erpc` starts it: spawned with a monitor, and its exit
/// reason is the answer. Safe for many threads.
///
/// Hazard: a caller that gives up before the peer has sent the process's pid cannot stop that process yet. The
/// call then stays registered in the session until the pid arrives, and stops the process then.
///
/// OTP: erpc.erl:call/5. SPEC: erl_dist_protocol, Protocol between Connected Nodes, SPAWN_REQUEST.
public final class SpawnedExecution implements RemoteExecution, StreamExecution {
    private static final Atom EXECUTE_CALL = Atom.of("execute_call");
    private static final Atom EXECUTE_CAST = Atom.of("execute_cast");
    private static final List<Term> MONITOR = List.of(Atom.of("monitor"));

    private final Session session;
    private final Pid caller;
    private final Reference id;

    /// Guards the fields that follow.
    private final Object lock = new Object();

    private @Nullable Pid pid;
    private boolean ended;
    private boolean abandoned;

    public SpawnedExecution(Session session) {
        this.session = session;
        this.caller = session.identifiers().nextPid();
        this.id = session.identifiers().nextReference();
    }

    /// Refuses an operation that needs a process on the peer, where the peer cannot be asked for one.
    ///
    /// @param operation `stream from backend@host`, for the message
    /// @throws UnsupportedByPeer if the peer lacks one of the flags
    public static void requireSupport(Session session, Object operation) {
        Capabilities capabilities = session.connection().capabilities();
        if (!CallStrategy.canSpawn(capabilities)) {
            throw new UnsupportedByPeer(
                    operation.toString(), capabilities.spawn() ? "DFLAG_DIST_MONITOR" : "DFLAG_SPAWN");
        }
    }

    /// The request's own reference, which also tags the answer.
    @Override
    public Reference tag() {
        return id;
    }

    /// The pid that the call comes from. No process of this node has it; the peer sends its signals there.
    @Override
    public Pid caller() {
        return caller;
    }

    /// The process's pid, once the peer has sent it.
    @Override
    public Optional<Pid> pid() {
        synchronized (lock) {
            return Optional.ofNullable(pid);
        }
    }

    /// Sends the request. The arguments are encoded on this thread, before anything is queued.
    ///
    /// @param pending takes the events of the call
    /// @param groupLeader the process that the function's output goes to
    /// @throws UnsupportedByPeer if the peer cannot be asked to spawn a process
    /// @throws dev.pier.erlang.BadArgument if an argument has no Erlang form
    /// @throws dev.pier.erlang.Overloaded if a limit is reached
    public void start(PendingReply pending, Pid groupLeader, FunctionCall call) throws ConnectionEnded {
        start(pending, groupLeader, WellKnownAtoms.ERPC, EXECUTE_CALL, call);
    }

    /// The same with another function than `erpc:execute_call/4` that runs the call, with the same arguments and
    /// exit reasons.
    public void start(PendingReply pending, Pid groupLeader, Atom module, Atom execute, FunctionCall call)
            throws ConnectionEnded {
        session.pendingReplies().register(id, pending);
        try {
            send(session, id, caller, groupLeader, module, execute, 4, MONITOR, call, out -> {
                // Any term may tag the answer; the request's own reference is at hand and unique.
                TermEncoder.encodeListHeader(4, out);
                TermEncoder.encodeReference(id, out);
            });
        } catch (Throwable t) {
            session.pendingReplies().remove(id);
            throw t;
        }
    }

    /// Starts a function without waiting for an answer. OTP: erpc.erl:cast/4.
    static void cast(Session session, Pid groupLeader, FunctionCall call) throws ConnectionEnded {
        Reference id = session.identifiers().nextReference();
        Pid caller = session.identifiers().nextPid();
        send(
                session,
                id,
                caller,
                groupLeader,
                WellKnownAtoms.ERPC,
                EXECUTE_CAST,
                3,
                List.of(),
                call,
                out -> TermEncoder.encodeListHeader(3, out));
    }

    /// The only place that sends SPAWN_REQUEST.
    private static void send(
            Session session,
            Reference id,
            Pid caller,
            Pid groupLeader,
            Atom module,
            Atom execute,
            int arity,
            List<Term> options,
            FunctionCall call,
            Consumer<EtfOutput> head)
            throws ConnectionEnded {
        requireSupport(session, call);
        FunctionCall sent = call.over(session);
        session.send(
                new ControlMessage.SpawnRequest(id, caller, groupLeader, module, execute, arity, options),
                caller,
                out -> {
                    head.accept(out);
                    TermEncoder.encodeAtom(sent.module(), out);
                    TermEncoder.encodeAtom(sent.function(), out);
                    sent.arguments().accept(out);
                    TermEncoder.encodeNil(out);
                });
    }

    @Override
    public @Nullable CallOutcome outcome(PendingReply.Event event) {
        CallOutcome end = switch (event) {
            case PendingReply.Event.Spawned(var result) -> spawned(result) ? null : new CallOutcome.NotSpawned(result);
            case PendingReply.Event.Exit(var reason) -> new CallOutcome.Answered(reason);
            case PendingReply.Event.DecodedExit(var reason) -> new CallOutcome.AnsweredDecoded(reason);
            case PendingReply.Event.Oversized(var limit) -> new CallOutcome.Oversized(limit);
            case PendingReply.Event.Lost(var disconnect) -> new CallOutcome.Lost(disconnect);
            case PendingReply.Event.Message _, PendingReply.Event.Fragment _, PendingReply.Event.BatcherEnded _ -> null;
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
    public boolean spawned(Term result) {
        if (!(result instanceof Pid running)) {
            session.pendingReplies().remove(id);
            return false;
        }
        boolean unwanted;
        synchronized (lock) {
            pid = running;
            unwanted = abandoned;
        }
        if (unwanted) {
            stop(running);
        }
        return true;
    }

    @Override
    public void ended() {
        synchronized (lock) {
            ended = true;
        }
    }

    /// Stops the process now, or as soon as its pid is known.
    @Override
    public void abandon() {
        Pid running;
        synchronized (lock) {
            if (ended || abandoned) {
                return;
            }
            abandoned = true;
            running = pid;
        }
        if (running != null) {
            stop(running);
        }
    }

    /// Both signals are needed: the first ends the monitor, so that no answer comes; the second ends the
    /// process, which would run on otherwise.
    private void stop(Pid running) {
        session.pendingReplies().remove(id);
        session.sendRequired(new ControlMessage.DemonitorP(caller, running, id), caller);
        KillSignal.send(session, caller, running);
    }
}
