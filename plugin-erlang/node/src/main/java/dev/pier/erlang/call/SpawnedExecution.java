package dev.pier.erlang.call;

import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
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

/// The process on a peer in which one call runs, as `erpc` starts it: spawned with a monitor, and its exit reason is
/// the answer. Safe for many threads.
///
/// The hazard: a caller that gives up before the peer has told the process's pid cannot stop that process yet. The
/// call then stays in the session's table until the pid is there, and stops the process then, as Erlang itself does.
/// SPEC: erpc.erl; erl_dist_protocol, SPAWN_REQUEST.
public final class SpawnedExecution implements RemoteExecution {
    private static final Atom ERPC = Atom.of("erpc");
    private static final Atom EXECUTE_CALL = Atom.of("execute_call");
    private static final List<Term> MONITOR = List.of(Atom.of("monitor"));
    private static final Atom KILL = Atom.of("kill");

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

    /// The request's own reference.
    @Override
    public Reference tag() {
        return id;
    }

    /// The process of ours that the call comes from. There is none: it is where its signals go.
    public Pid caller() {
        return caller;
    }

    /// Its pid, once the peer has told it.
    public Optional<Pid> pid() {
        synchronized (lock) {
            return Optional.ofNullable(pid);
        }
    }

    /// Sends the request. The arguments are encoded on this thread, before anything is queued.
    ///
    /// @param holder told of what becomes of it
    /// @param groupLeader whose terminal the function prints to
    /// @param arguments writes the list of arguments
    /// @throws dev.pier.erlang.BadArgument if an argument has no Erlang form
    /// @throws dev.pier.erlang.Overloaded if a bound is reached
    public void start(PendingReply holder, Pid groupLeader, Atom module, Atom function, Consumer<EtfOutput> arguments)
            throws ConnectionEnded {
        session.pendingReplies().register(id, holder);
        boolean sent = false;
        try {
            session.send(
                    new ControlMessage.SpawnRequest(id, caller, groupLeader, ERPC, EXECUTE_CALL, 4, MONITOR),
                    caller,
                    out -> {
                        // Any term may tag the answer; the request's own reference is at hand and unique.
                        TermEncoder.encodeListHeader(4, out);
                        TermEncoder.encodeReference(id, out);
                        TermEncoder.encodeAtom(module, out);
                        TermEncoder.encodeAtom(function, out);
                        arguments.accept(out);
                        TermEncoder.encodeNil(out);
                    });
            sent = true;
        } finally {
            if (!sent) {
                session.pendingReplies().remove(id);
            }
        }
    }

    /// The peer has answered the request.
    ///
    /// @param result the pid, or an atom that says why there is none
    /// @return whether there is a process
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

    /// Now, or as soon as its pid is known.
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

    /// Both are needed: the first ends the monitor, so that no answer comes; the second ends the process, which would
    /// go on for ever otherwise.
    private void stop(Pid running) {
        session.pendingReplies().remove(id);
        session.sendRequired(new ControlMessage.DemonitorP(caller, running, id), caller);
        session.sendRequired(new ControlMessage.PayloadExit2(caller, running), caller, KILL);
    }
}
