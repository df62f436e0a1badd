package dev.pier.erlang.process;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.MonitoredProcess;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Delivers the signals of peers to the processes of this node. Signals to processes that do not exist are answered
/// as Erlang answers them.
///
/// Threads: the readers of the connections. No state.
public final class SignalDispatcher implements Session.ProcessSignals {
    private static final Logger log = LoggerFactory.getLogger(SignalDispatcher.class);

    private final ProcessTable processes;

    public SignalDispatcher(ProcessTable processes) {
        this.processes = processes;
    }

    @Override
    public void signal(Session session, ControlMessage control, EncodedTerm payload) throws ProtocolViolation {
        SenderCheck.check(session.peer(), control);
        switch (control) {
            case ControlMessage.Send(Term _, Pid to) ->
                processes.find(to).ifPresent(process -> process.message(session, payload));
            case ControlMessage.RegSend(Pid _, Atom to) -> send(session, to, payload);
            case ControlMessage.AliasSend(Pid _, Reference alias) ->
                processes.alias(alias).ifPresent(process -> process.message(session, payload));
            case ControlMessage.AltactSend altact -> altact(session, altact, payload);
            case ControlMessage.Link(Pid from, Pid to) ->
                processes
                        .find(to)
                        .ifPresentOrElse(
                                process -> process.linkedByPeer(session, from),
                                () -> ExitSignals.exit(session, to, from, ExitReason.NOPROC));
            case ControlMessage.UnlinkId(long id, Pid from, Pid to) -> unlink(session, id, from, to);
            case ControlMessage.UnlinkIdAck(long id, Pid from, Pid to) ->
                processes.find(to).ifPresent(process -> process.links().unlinkAcknowledged(session, id, from));
            case ControlMessage.Unlink(Pid from, Pid to) ->
                processes.find(to).ifPresent(process -> process.links().unlinkedByPeer(session, from));
            case ControlMessage.Exit(Pid from, Pid to, Term reason) -> linkBroke(session, from, to, reason(reason));
            case ControlMessage.PayloadExit(Pid from, Pid to) -> linkBroke(session, from, to, reason(payload));
            case ControlMessage.Exit2(Pid from, Pid to, Term reason) -> exit(from, to, reason(reason));
            case ControlMessage.PayloadExit2(Pid from, Pid to) -> exit(from, to, reason(payload));
            case ControlMessage.MonitorP(Pid from, Term to, Reference reference) ->
                monitor(session, from, to, reference);
            case ControlMessage.DemonitorP(Pid _, Term _, Reference reference) -> {
                MonitoredProcess monitored = session.removeIncomingMonitor(reference);
                if (monitored != null) {
                    monitored.demonitored(reference);
                }
            }
            case ControlMessage.SpawnRequest request -> processes.spawnHandler().spawn(session, request, payload);
            // Processes of this node have no group leader. The others are for references that are no longer pending.
            case ControlMessage.GroupLeader _,
                    ControlMessage.SpawnReply _,
                    ControlMessage.MonitorPExit _,
                    ControlMessage.PayloadMonitorPExit _ ->
                log.debug("Discarded {} from {}: it is for no process of this node", control, session);
        }
    }

    private void send(Session session, Atom name, EncodedTerm message) {
        LocalProcess process = processes.whereis(name).orElse(null);
        if (process != null) {
            process.message(session, message);
        } else if (name.equals(WellKnownAtoms.NET_KERNEL)) {
            NetKernel.message(session, message);
        } else {
            log.debug("Discarded a message from {}: no process is registered as {}", session, name);
        }
    }

    private void altact(Session session, ControlMessage.AltactSend signal, EncodedTerm payload) {
        switch (signal.to()) {
            case Pid to when signal.exit() -> exit(signal.from(), to, reason(payload));
            case Atom to
            when signal.exit() ->
                processes.whereis(to).ifPresent(process -> process.exitSignal(signal.from(), reason(payload)));
            case Pid to -> processes.find(to).ifPresent(process -> process.message(session, payload));
            case Atom to -> send(session, to, payload);
            default -> log.debug("Discarded {} from {}: it is for no process of this node", signal, session);
        }
    }

    private void unlink(Session session, long id, Pid from, Pid to) {
        LocalProcess process = processes.find(to).orElse(null);
        if (process != null) {
            process.links().unlinkedByPeer(session, id, from);
        } else {
            ProcessLinks.acknowledgeWithoutFlush(session, id, to, from);
            session.flush();
        }
    }

    private void linkBroke(Session session, Pid from, Pid to, ExitReason reason) {
        processes.find(to).ifPresent(process -> process.links().broke(session, from, reason));
    }

    private void exit(Pid from, Pid to, ExitReason reason) {
        processes.find(to).ifPresent(process -> process.exitSignal(from, reason));
    }

    private void monitor(Session session, Pid from, Term to, Reference reference) {
        LocalProcess process = target(to).orElse(null);
        if (process != null) {
            process.monitored(session, from, to, reference);
        } else if (!to.equals(WellKnownAtoms.NET_KERNEL)) {
            ExitSignals.down(session, to, from, reference, ExitReason.NOPROC);
        }
    }

    private Optional<LocalProcess> target(Term to) {
        return switch (to) {
            case Pid pid -> processes.find(pid);
            case Atom name -> processes.whereis(name);
            default -> Optional.empty();
        };
    }

    private ExitReason reason(EncodedTerm payload) {
        return ExitReason.of(payload, processes.decodeLimits());
    }

    private ExitReason reason(Term reason) {
        return ExitReason.received(reason, processes.decodeLimits());
    }

    @Override
    public void oversized(Session session, ControlMessage control, EncodedTerm head, String limit)
            throws ProtocolViolation {
        SenderCheck.check(session.peer(), control);
        switch (control) {
            case ControlMessage.PayloadExit(Pid from, Pid to) -> linkBroke(session, from, to, ExitReason.UNREADABLE);
            case ControlMessage.PayloadExit2(Pid from, Pid to) -> exit(from, to, ExitReason.UNREADABLE);
            case ControlMessage.SpawnRequest request ->
                SpawnHandler.refuse(session, request, WellKnownAtoms.SYSTEM_LIMIT);
            case ControlMessage.AliasSend(Pid _, Reference alias) ->
                processes.alias(alias).ifPresent(process -> process.oversized(session, head, limit));
            case ControlMessage.Send(Term _, Pid to) ->
                processes.find(to).ifPresent(process -> process.oversized(session, head, limit));
            case ControlMessage.RegSend(Pid _, Atom to) ->
                processes.whereis(to).ifPresent(process -> process.oversized(session, head, limit));
            case ControlMessage.AltactSend altact
            when !altact.exit() -> target(altact.to()).ifPresent(process -> process.oversized(session, head, limit));
            default -> {
                // The message is lost; the session has logged it.
            }
        }
    }

    @Override
    public void lost(Session session) {
        processes.all().forEach(process -> process.connectionLost(session));
    }
}
