package dev.pier.erlang.dist;

import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;

/// Encodes control messages in the form that both sides of a connection support.
///
/// Threads. Immutable; safe for any number.
final class ControlEncoder {
    private final boolean sendSender;
    private final boolean onlyAltact;

    ControlEncoder(Capabilities capabilities) {
        sendSender = capabilities.sendSender();
        onlyAltact = capabilities.altactSignals() && !capabilities.alias();
    }

    void encode(ControlMessage message, EtfOutput out) {
        switch (message) {
            case ControlMessage.Link(Pid from, Pid to) -> pids(ControlOp.LINK, from, to, out);
            case ControlMessage.Send(Term from, Pid to) -> send(from, to, out);
            case ControlMessage.RegSend(Pid from, Atom to) -> {
                begin(4, ControlOp.REG_SEND, out);
                TermEncoder.encodePid(from, out);
                TermEncoder.encodeAtom(Atom.EMPTY, out);
                TermEncoder.encodeAtom(to, out);
            }
            case ControlMessage.AliasSend(Pid from, Reference alias) -> aliasSend(from, alias, out);
            case ControlMessage.AltactSend(Pid from, Term to, boolean exit) -> altactSend(from, to, exit, out);
            case ControlMessage.Exit(Pid from, Pid to, Term reason) -> {
                begin(4, ControlOp.EXIT, out);
                pidsAnd(from, to, reason, out);
            }
            case ControlMessage.Exit2(Pid from, Pid to, Term reason) -> {
                begin(4, ControlOp.EXIT2, out);
                pidsAnd(from, to, reason, out);
            }
            case ControlMessage.PayloadExit(Pid from, Pid to) -> pids(ControlOp.PAYLOAD_EXIT, from, to, out);
            case ControlMessage.PayloadExit2(Pid from, Pid to) -> pids(ControlOp.PAYLOAD_EXIT2, from, to, out);
            case ControlMessage.Unlink(Pid from, Pid to) -> pids(ControlOp.UNLINK, from, to, out);
            case ControlMessage.UnlinkId(long id, Pid from, Pid to) -> unlink(ControlOp.UNLINK_ID, id, from, to, out);
            case ControlMessage.UnlinkIdAck(long id, Pid from, Pid to) ->
                unlink(ControlOp.UNLINK_ID_ACK, id, from, to, out);
            case ControlMessage.GroupLeader(Pid leader, Pid member) ->
                pids(ControlOp.GROUP_LEADER, leader, member, out);
            case ControlMessage.MonitorP(Pid from, Term to, Reference reference) -> {
                begin(4, ControlOp.MONITOR_P, out);
                monitor(from, to, reference, out);
            }
            case ControlMessage.DemonitorP(Pid from, Term to, Reference reference) -> {
                begin(4, ControlOp.DEMONITOR_P, out);
                monitor(from, to, reference, out);
            }
            case ControlMessage.MonitorPExit(Term from, Pid to, Reference reference, Term reason) -> {
                begin(5, ControlOp.MONITOR_P_EXIT, out);
                monitor(from, to, reference, out);
                TermEncoder.encode(reason, out);
            }
            case ControlMessage.PayloadMonitorPExit(Term from, Pid to, Reference reference) -> {
                begin(4, ControlOp.PAYLOAD_MONITOR_P_EXIT, out);
                monitor(from, to, reference, out);
            }
            case ControlMessage.SpawnRequest request -> spawnRequest(request, out);
            case ControlMessage.SpawnReply(Reference requestId, Pid to, int flags, Term result) -> {
                begin(5, ControlOp.SPAWN_REPLY, out);
                TermEncoder.encodeReference(requestId, out);
                TermEncoder.encodePid(to, out);
                TermEncoder.encodeLong(flags, out);
                TermEncoder.encode(result, out);
            }
        }
    }

    private void send(Term from, Pid to, EtfOutput out) {
        if (sendSender && from instanceof Pid sender) {
            pids(ControlOp.SEND_SENDER, sender, to, out);
        } else {
            begin(3, ControlOp.SEND, out);
            TermEncoder.encodeAtom(Atom.EMPTY, out);
            TermEncoder.encodePid(to, out);
        }
    }

    private void aliasSend(Pid from, Reference alias, EtfOutput out) {
        if (onlyAltact) {
            altactSend(from, alias, false, out);
        } else {
            begin(3, ControlOp.ALIAS_SEND, out);
            TermEncoder.encodePid(from, out);
            TermEncoder.encodeReference(alias, out);
        }
    }

    private static void altactSend(Pid from, Term to, boolean exit, EtfOutput out) {
        int kind = switch (to) {
            case Reference _ -> ControlOp.ALTACT_TO_ALIAS;
            case Atom _ -> ControlOp.ALTACT_TO_NAME;
            default -> 0;
        };
        begin(4, ControlOp.ALTACT_SIG_SEND, out);
        TermEncoder.encodeLong(exit ? kind | ControlOp.ALTACT_EXIT : kind, out);
        TermEncoder.encodePid(from, out);
        TermEncoder.encode(to, out);
    }

    private static void spawnRequest(ControlMessage.SpawnRequest request, EtfOutput out) {
        begin(6, ControlOp.SPAWN_REQUEST, out);
        TermEncoder.encodeReference(request.requestId(), out);
        TermEncoder.encodePid(request.from(), out);
        TermEncoder.encodePid(request.groupLeader(), out);
        TermEncoder.encodeTupleHeader(3, out);
        TermEncoder.encodeAtom(request.module(), out);
        TermEncoder.encodeAtom(request.function(), out);
        TermEncoder.encodeLong(request.arity(), out);
        TermEncoder.encode(new ListTerm(request.options()), out);
    }

    private static void begin(int arity, int op, EtfOutput out) {
        TermEncoder.encodeTupleHeader(arity, out);
        TermEncoder.encodeLong(op, out);
    }

    private static void pids(int op, Pid from, Pid to, EtfOutput out) {
        begin(3, op, out);
        TermEncoder.encodePid(from, out);
        TermEncoder.encodePid(to, out);
    }

    private static void pidsAnd(Pid from, Pid to, Term reason, EtfOutput out) {
        TermEncoder.encodePid(from, out);
        TermEncoder.encodePid(to, out);
        TermEncoder.encode(reason, out);
    }

    private static void unlink(int op, long id, Pid from, Pid to, EtfOutput out) {
        begin(4, op, out);
        TermEncoder.encodeUnsignedLong(id, out);
        TermEncoder.encodePid(from, out);
        TermEncoder.encodePid(to, out);
    }

    private static void monitor(Term from, Term to, Reference reference, EtfOutput out) {
        TermEncoder.encode(from, out);
        TermEncoder.encode(to, out);
        TermEncoder.encodeReference(reference, out);
    }
}
