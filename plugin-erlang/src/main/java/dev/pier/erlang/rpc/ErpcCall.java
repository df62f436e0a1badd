package dev.pier.erlang.rpc;

import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.node.ReferenceHolder;
import dev.pier.erlang.node.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One call on its way, as `erpc` makes it: a process is spawned on the peer with a monitor, and its exit reason is the
/// answer.
///
/// The calling thread starts it and waits; the connection's reader reports. Every report is taken under the lock, and
/// the first that ends the call wins.
///
/// The hazard: a caller that gives up before the peer has told the process's pid cannot stop that process yet. The
/// call then stays in the session's table until the pid is there, and stops the process then, as Erlang itself does.
/// SPEC: erpc.erl; erl_dist_protocol, SPAWN_REQUEST.
final class ErpcCall implements ReferenceHolder {
    private static final Atom ERPC = Atom.of("erpc");
    private static final Atom EXECUTE_CALL = Atom.of("execute_call");
    private static final List<Term> MONITOR = List.of(Atom.of("monitor"));
    private static final Atom KILL = Atom.of("kill");

    private final Session session;
    private final Pid self;
    private final Reference id;
    private final Thread waiter = Thread.currentThread();

    /// Guards the fields that follow, but for `outcome`, which is set under it and read without.
    private final Object lock = new Object();

    private @Nullable Pid process;
    private boolean abandoned;
    private volatile @Nullable Outcome outcome;

    /// How a call ended, still undecoded.
    sealed interface Outcome {
        /// The process's exit reason.
        record Exited(EncodedTerm reason) implements Outcome {}

        /// The process's exit reason, from a peer that has it in the control message.
        record ExitedDecoded(Term reason) implements Outcome {}

        /// There was no process: the atom says why.
        record NotSpawned(Term why) implements Outcome {}

        /// The exit reason was beyond a limit.
        record Oversized(String limit) implements Outcome {}

        record Lost(Disconnect disconnect) implements Outcome {}
    }

    private ErpcCall(Session session) {
        this.session = session;
        this.self = session.identifiers().nextPid();
        this.id = session.identifiers().nextReference();
    }

    /// Sends the request. The arguments are encoded on this thread, before anything is queued.
    ///
    /// @param groupLeader whose terminal the function prints to
    /// @param arguments writes the list of arguments
    /// @throws dev.pier.erlang.BadArgument if an argument has no Erlang form
    /// @throws dev.pier.erlang.Overloaded if a bound is reached
    static ErpcCall start(Session session, Pid groupLeader, Atom module, Atom function, Consumer<EtfOutput> arguments)
            throws ConnectionEnded {
        ErpcCall call = new ErpcCall(session);
        session.hold(call.id, call);
        boolean sent = false;
        try {
            session.send(
                    new ControlMessage.SpawnRequest(call.id, call.self, groupLeader, ERPC, EXECUTE_CALL, 4, MONITOR),
                    call.self,
                    out -> {
                        // Any term may tag the answer; the request's own reference is at hand and unique.
                        TermEncoder.encodeListHeader(4, out);
                        TermEncoder.encodeReference(call.id, out);
                        TermEncoder.encodeAtom(module, out);
                        TermEncoder.encodeAtom(function, out);
                        arguments.accept(out);
                        TermEncoder.encodeNil(out);
                    });
            sent = true;
            return call;
        } finally {
            if (!sent) {
                session.release(call.id);
            }
        }
    }

    /// The tag that the answer carries.
    Reference tag() {
        return id;
    }

    /// Waits for the end of the call, on the thread that started it.
    ///
    /// @return `null` if it has not ended by the deadline
    /// @throws InterruptedException if the thread was interrupted
    @Nullable
    Outcome await(long deadlineNanos) throws InterruptedException {
        while (outcome == null) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return outcome;
    }

    /// The caller has given up: the remote process is stopped, now or as soon as it is known.
    void abandon() {
        Pid running;
        synchronized (lock) {
            if (outcome != null || abandoned) {
                return;
            }
            abandoned = true;
            running = process;
        }
        if (running != null) {
            stop(running);
        }
    }

    /// Both are needed: the first ends the monitor, so that no answer comes; the second ends the process, which would
    /// go on for ever otherwise.
    private void stop(Pid running) {
        session.release(id);
        session.demand(new ControlMessage.DemonitorP(self, running, id), self);
        session.demand(new ControlMessage.PayloadExit2(self, running), self, KILL);
    }

    @Override
    public void spawned(ControlMessage.SpawnReply reply) {
        if (!(reply.result() instanceof Pid pid)) {
            session.release(id);
            end(new Outcome.NotSpawned(reply.result()));
            return;
        }
        boolean unwanted;
        synchronized (lock) {
            process = pid;
            unwanted = abandoned;
        }
        if (unwanted) {
            stop(pid);
        }
    }

    @Override
    public void down(EncodedTerm reason) {
        end(new Outcome.Exited(reason));
    }

    @Override
    public void down(Term reason) {
        end(new Outcome.ExitedDecoded(reason));
    }

    @Override
    public void oversized(String limit) {
        end(new Outcome.Oversized(limit));
    }

    @Override
    public void lost(Disconnect disconnect) {
        end(new Outcome.Lost(disconnect));
    }

    private void end(Outcome how) {
        synchronized (lock) {
            if (outcome != null) {
                return;
            }
            outcome = how;
        }
        LockSupport.unpark(waiter);
    }
}
