package dev.pier.erlang.peer;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.MessageSender;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The members of one `pg` group, as one node keeps this node informed of them. It is a process of this node,
/// because `pg` informs the process that asks. OTP: pg.erl, monitor/2
///
/// Threads: the reader of the connection changes the members; any thread reads them.
///
/// Lifecycle: it ends with the connection and with the scope.
final class PgSubscription implements ProcessBody {
    private static final Atom MONITOR = Atom.of("monitor");
    private static final Atom JOIN = Atom.of("join");
    private static final Atom LEAVE = Atom.of("leave");

    private final LocalProcess self;
    private final ProcessTable processes;
    private final Reference tag;
    private final CompletableFuture<PgSubscription> begun = new CompletableFuture<>();

    /// Used by the reader only, as the next.
    private final List<Pid> joined = new ArrayList<>();

    private @Nullable Term monitor;

    /// Each member once.
    private volatile List<Pid> members = List.of();

    private PgSubscription(LocalProcess self, ProcessTable processes) {
        this.self = self;
        this.processes = processes;
        this.tag = processes.identifiers().nextReference();
    }

    /// Asks for the members.
    ///
    /// @return completed with the subscription once it has the members, or with itself, ended, if there is no scope
    /// @throws ErlangException if the node cannot be asked
    static CompletableFuture<PgSubscription> begin(
            ProcessTable processes, Atom scope, Term group, Atom node, long deadline) {
        LocalProcess process = processes.spawn(self -> new PgSubscription(self, processes));
        PgSubscription subscription = (PgSubscription) process.body();
        try {
            Reference _ = process.monitor(scope, node, deadline);
            new MessageSender(processes)
                    .send(
                            process.pid(),
                            scope,
                            node,
                            out -> TermEncoder.encode(
                                    Tuple.of(
                                            WellKnownAtoms.GEN_CALL,
                                            Tuple.of(process.pid(), subscription.tag),
                                            Tuple.of(MONITOR, group)),
                                    out),
                            deadline);
        } catch (ErlangException e) {
            process.end(ExitReason.NORMAL);
            throw e;
        }
        return subscription.begun;
    }

    /// The members now; empty once the subscription has ended.
    Optional<List<Pid>> members() {
        List<Pid> now = members;
        return self.isAlive() ? Optional.of(now) : Optional.empty();
    }

    void end() {
        self.end(ExitReason.NORMAL);
    }

    @Override
    public void message(Session session, EncodedTerm message) {
        try {
            if (message.decode(processes.decodeLimits()) instanceof Tuple tuple) {
                take(tuple);
            }
        } catch (MalformedTerm e) {
            // The lost change is unknown, so the members are asked for again.
            end();
        }
    }

    @Override
    public void message(EncodedTerm message) {
        // Processes of this node have nothing to say here.
    }

    @Override
    public void oversized(Session session, EncodedTerm head, String limit) {
        end();
    }

    private void take(Tuple message) {
        if (message.arity() == 2
                && message.get(0).equals(tag)
                && message.get(1) instanceof Tuple reply
                && reply.arity() == 2) {
            monitor = reply.get(0);
            pids(reply.get(1)).forEach(joined::add);
            publish();
            begun.complete(this);
        } else if (message.arity() == 4 && message.get(0).equals(monitor)) {
            if (message.get(1).equals(JOIN)) {
                joined.addAll(pids(message.get(3)));
            } else if (message.get(1).equals(LEAVE)) {
                // A process that has joined twice has to leave twice.
                pids(message.get(3)).forEach(joined::remove);
            }
            publish();
        }
    }

    private void publish() {
        members = joined.stream().distinct().toList();
    }

    static List<Pid> pids(Term list) {
        return list instanceof ListTerm members
                ? members.elements().stream()
                        .filter(Pid.class::isInstance)
                        .map(Pid.class::cast)
                        .toList()
                : List.of();
    }

    @Override
    public void down(Reference reference, Term object, ExitReason reason) {
        // Called with the lock of the process: it is ended by another thread.
        Thread _ = Thread.ofVirtual().name("erlang-pg").start(this::end);
    }

    @Override
    public void ended(ExitReason reason) {
        begun.complete(this);
    }
}
