package dev.pier.erlang.call;

import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One call on its way, whose answer is taken as a whole.
///
/// The calling thread starts it and waits; the connection's reader reports. The first report that ends the call wins.
public final class ErpcCall implements PendingReply {
    private final RemoteExecution work;
    private final Thread waiter = Thread.currentThread();
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();

    /// How a call ended, still undecoded.
    public sealed interface Outcome {
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

    private ErpcCall(RemoteExecution work) {
        this.work = work;
    }

    /// Sends the request, as [BatchedCall#start] where the peer has a helper, or else as [SpawnedExecution#start].
    public static ErpcCall start(
            Session session, long deadline, Atom module, Atom function, Consumer<EtfOutput> arguments)
            throws ConnectionEnded {
        Pid helper = session.batcher().orElse(null);
        if (helper != null) {
            BatchedCall helped = new BatchedCall(session, helper);
            ErpcCall call = new ErpcCall(helped);
            if (helped.start(call, module, function, arguments)) {
                return call;
            }
        }
        return spawn(session, GroupLeaderLookup.of(session, deadline), module, function, arguments);
    }

    /// Sends the request, as [SpawnedExecution#start].
    static ErpcCall spawn(Session session, Pid groupLeader, Atom module, Atom function, Consumer<EtfOutput> arguments)
            throws ConnectionEnded {
        SpawnedExecution process = new SpawnedExecution(session);
        ErpcCall call = new ErpcCall(process);
        process.start(call, groupLeader, module, function, arguments);
        return call;
    }

    /// The tag that the answer carries.
    public Reference tag() {
        return work.tag();
    }

    /// Waits for the end of the call, on the thread that started it.
    ///
    /// @return `null` if it has not ended by the deadline
    /// @throws InterruptedException if the thread was interrupted
    @Nullable
    public Outcome await(long deadlineNanos) throws InterruptedException {
        while (outcome.get() == null) {
            if (deadlineNanos - System.nanoTime() <= 0) {
                return null;
            }
            DeadlineParker.park(this, deadlineNanos);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return outcome.get();
    }

    /// The caller has given up: the remote process is stopped, now or as soon as it is known.
    public void abandon() {
        work.abandon();
    }

    @Override
    public void spawned(ControlMessage.SpawnReply reply) {
        if (work instanceof SpawnedExecution process && !process.spawned(reply.result())) {
            end(new Outcome.NotSpawned(reply.result()));
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
    public void message(EncodedTerm answer) {
        if (work instanceof BatchedCall) {
            end(new Outcome.Exited(answer));
        }
    }

    @Override
    public void oversized(String limit) {
        end(new Outcome.Oversized(limit));
    }

    @Override
    public void helperEnded(Term reason) {
        if (work instanceof BatchedCall) {
            end(new Outcome.ExitedDecoded(reason));
        }
    }

    @Override
    public void lost(Disconnect disconnect) {
        end(new Outcome.Lost(disconnect));
    }

    private void end(Outcome how) {
        work.ended();
        if (outcome.compareAndSet(null, how)) {
            LockSupport.unpark(waiter);
        }
    }
}
