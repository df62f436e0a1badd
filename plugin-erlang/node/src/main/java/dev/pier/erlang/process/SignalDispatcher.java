package dev.pier.erlang.process;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.MonitoredProcess;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the signals of peers to the processes of this node, and answers those for processes that are not there as
/// Erlang does. Runs on the connections' readers; keeps no state.
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
                processes.find(to).ifPresent(process -> process.message(payload));
            case ControlMessage.RegSend(Pid _, Atom to) -> send(session, to, payload);
            case ControlMessage.AliasSend(Pid _, Reference alias) ->
                processes.alias(alias).ifPresent(process -> process.message(payload));
            case ControlMessage.AltactSend altact -> altact(session, altact, payload);
            case ControlMessage.Link(Pid from, Pid to) ->
                processes
                        .find(to)
                        .ifPresentOrElse(
                                process -> process.linked(session, from),
                                () -> ExitSignals.exit(session, to, from, ExitReason.NOPROC));
            case ControlMessage.UnlinkId(long id, Pid from, Pid to) ->
                processes
                        .find(to)
                        .ifPresentOrElse(
                                process -> process.links().unlinked(session, id, from),
                                () -> session.demand(new ControlMessage.UnlinkIdAck(id, to, from), to));
            case ControlMessage.UnlinkIdAck(long id, Pid from, Pid to) ->
                processes.find(to).ifPresent(process -> process.links().unlinkAcknowledged(session, id, from));
            case ControlMessage.Unlink(Pid from, Pid to) ->
                processes.find(to).ifPresent(process -> process.links().unlinked(session, from));
            case ControlMessage.Exit(Pid from, Pid to, Term reason) ->
                linkBroke(session, from, to, ExitReason.of(reason));
            case ControlMessage.PayloadExit(Pid from, Pid to) -> linkBroke(session, from, to, reason(payload));
            case ControlMessage.Exit2(Pid from, Pid to, Term reason) -> exit(from, to, ExitReason.of(reason));
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
            // Nothing here prints to a group leader; the others are for references, and the session's affair.
            case ControlMessage.GroupLeader _,
                    ControlMessage.SpawnReply _,
                    ControlMessage.MonitorPExit _,
                    ControlMessage.PayloadMonitorPExit _ -> log.debug("{}: {} is nobody's", session, control);
        }
    }

    private void send(Session session, Atom name, EncodedTerm message) {
        LocalProcess process = processes.whereis(name).orElse(null);
        if (process != null) {
            process.message(message);
        } else if (name.equals(NetKernel.NAME)) {
            NetKernel.message(session, message);
        } else {
            log.debug("{}: a message to '{}', which nobody is called", session, name.name());
        }
    }

    private void altact(Session session, ControlMessage.AltactSend signal, EncodedTerm payload) {
        switch (signal.to()) {
            case Pid to when signal.exit() -> exit(signal.from(), to, reason(payload));
            case Atom to
            when signal.exit() ->
                processes.whereis(to).ifPresent(process -> process.exitSignal(signal.from(), reason(payload)));
            case Pid to -> processes.find(to).ifPresent(process -> process.message(payload));
            case Atom to -> send(session, to, payload);
            default -> log.debug("{}: {} is nobody's", session, signal);
        }
    }

    private void linkBroke(Session session, Pid from, Pid to, ExitReason reason) {
        processes.find(to).ifPresent(process -> process.links().broke(session, from, reason));
    }

    private void exit(Pid from, Pid to, ExitReason reason) {
        processes.find(to).ifPresent(process -> process.exitSignal(from, reason));
    }

    private void monitor(Session session, Pid from, Term to, Reference reference) {
        LocalProcess process = switch (to) {
            case Pid pid -> processes.find(pid).orElse(null);
            case Atom name -> processes.whereis(name).orElse(null);
            default -> null;
        };
        if (process != null) {
            process.watched(session, from, to, reference);
        } else if (!to.equals(NetKernel.NAME)) {
            ExitSignals.down(session, to, from, reference, ExitReason.NOPROC);
        }
    }

    private ExitReason reason(EncodedTerm payload) {
        return ExitReason.of(payload, processes.limits());
    }

    @Override
    public void oversized(Session session, ControlMessage control, String limit) throws ProtocolViolation {
        SenderCheck.check(session.peer(), control);
        switch (control) {
            case ControlMessage.PayloadExit(Pid from, Pid to) -> linkBroke(session, from, to, ExitReason.UNREADABLE);
            case ControlMessage.PayloadExit2(Pid from, Pid to) -> exit(from, to, ExitReason.UNREADABLE);
            case ControlMessage.SpawnRequest request -> SpawnHandler.refuse(session, request, Atom.of("system_limit"));
            case ControlMessage.AliasSend(Pid _, Reference alias) ->
                processes.alias(alias).ifPresent(process -> process.oversized(limit));
            default -> {
                // A message that was too large is a message lost; the session has said so.
            }
        }
    }

    @Override
    public void lost(Session session) {
        processes.all().forEach(process -> process.connectionLost(session));
    }
}
