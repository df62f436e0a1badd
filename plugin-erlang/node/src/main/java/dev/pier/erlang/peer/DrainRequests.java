package dev.pier.erlang.peer;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The registered process `pier_drain`, to which the application `pier` of a peer says whether its node takes
/// calls.
///
/// ```
/// peer → here   {pier_drain, 1, Pid, Ref, open | drain}     to the name pier_drain
/// here → peer   {pier_drain, 1, Ref, Self, open | draining | drained}     to Pid
/// ```
///
/// The peer says it when this node has connected, when its application has started, and at each change. This
/// process answers each time, so that the peer knows it and can monitor it, and once more when no call runs on the
/// peer.
///
/// Threads: the readers of the connections; the thread of the last call reports its end.
public final class DrainRequests implements ProcessBody {
    private static final Logger log = LoggerFactory.getLogger(DrainRequests.class);

    private static final Atom NAME = Atom.of("pier_drain");
    private static final Term VERSION = IntegerTerm.of(1);
    private static final Atom OPEN = Atom.of("open");
    private static final Atom DRAIN = Atom.of("drain");
    private static final Atom DRAINING = Atom.of("draining");
    private static final Atom DRAINED = Atom.of("drained");

    /// Ample for a request. Larger messages are discarded undecoded.
    private static final DecodeLimits SMALL = new DecodeLimits(16, 4096, 100, 16);

    private final LocalProcess self;
    private final ProcessTable processes;

    private DrainRequests(LocalProcess self, ProcessTable processes) {
        this.self = self;
        this.processes = processes;
    }

    /// Starts the process. To be called before the node accepts connections.
    public static void serve(ProcessTable processes) {
        LocalProcess process = processes.spawn(self -> new DrainRequests(self, processes));
        process.trapExits(true);
        if (!processes.register(NAME, process)) {
            process.end(ExitReason.SHUTDOWN);
        }
    }

    @Override
    public void message(EncodedTerm message) {
        log.debug("Discarded a message to pier_drain from this node");
    }

    @Override
    public void message(Session session, EncodedTerm message) {
        // A lane has identifiers of its own. It is a connection of a peer that is told over its main connection.
        if (message.length() > SMALL.bytes() || session.identifiers() != processes.identifiers()) {
            return;
        }
        try {
            if (message.decode(SMALL) instanceof Tuple request
                    && request.is(NAME, 5)
                    && request.get(1).equals(VERSION)
                    && request.get(2) instanceof Pid asker
                    && asker.node().equals(session.peer())
                    && request.get(3) instanceof Reference reference) {
                handle(session, request, asker, reference);
            } else {
                log.debug("Discarded a message to pier_drain from {}: not a request", session);
            }
        } catch (MalformedTerm e) {
            session.dropped("a message to pier_drain that cannot be decoded: " + e.getMessage());
        }
    }

    private void handle(Session session, Tuple request, Pid asker, Reference reference) {
        if (request.get(4).equals(OPEN)) {
            session.gate().open(session);
            answer(session, asker, reference, OPEN);
        } else if (request.get(4).equals(DRAIN)) {
            answer(session, asker, reference, DRAINING);
            session.gate().drain(session, () -> answer(session, asker, reference, DRAINED));
        } else {
            log.debug("Discarded a message to pier_drain from {}: {}", session, request);
        }
    }

    private void answer(Session session, Pid asker, Reference reference, Atom state) {
        session.sendRequired(
                new ControlMessage.Send(self.pid(), asker),
                self.pid(),
                Tuple.of(NAME, VERSION, reference, self.pid(), state));
    }

    @Override
    public void ended(ExitReason reason) {
        if (reason.term().equals(ExitReason.KILLED.term())) {
            log.warn("Restarting pier_drain: it was killed");
            serve(processes);
        }
    }
}
