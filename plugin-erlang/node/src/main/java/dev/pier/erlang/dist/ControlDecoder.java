package dev.pier.erlang.dist;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.List;

/// Decodes control messages, field by field, without building a tree of terms. Pure.
///
/// SEEN: OTP 25 and 27: a peer closes the connection for an unknown operation or a wrong arity. So does this
/// decoder.
public final class ControlDecoder {
    /// In bytes: decoded, a term takes up to 50 times its bytes.
    private static final int MAX_TERM_BYTES = 1 << 20;

    /// One option that no node knows, in place of a list that is too large.
    private static final Term TOO_MANY_OPTIONS = ListTerm.of(WellKnownAtoms.SYSTEM_LIMIT);

    private ControlDecoder() {}

    /// Decodes the control message at the cursor, and moves the cursor behind it.
    public static ControlMessage decode(EtfInput in) throws ProtocolViolation {
        long op = -1;
        try {
            int arity = TermDecoder.decodeTupleArity(in);
            op = TermDecoder.decodeLong(in);
            return decode(Math.clamp(op, -1, Integer.MAX_VALUE), arity, in);
        } catch (MalformedTerm e) {
            String problem = op < 0 ? "not a control message" : "malformed control message " + op;
            throw new ProtocolViolation(problem + ": " + e.getMessage(), e);
        }
    }

    private static ControlMessage decode(int op, int arity, EtfInput in) throws ProtocolViolation {
        if (op != ControlOp.ALTACT_SIG_SEND && arity != arityOf(op)) {
            throw wrongArity(op, arity);
        }
        ControlMessage message = switch (op) {
            case ControlOp.LINK -> new ControlMessage.Link(pid(in), pid(in));
            case ControlOp.SEND, ControlOp.SEND_TT -> new ControlMessage.Send(noSender(in), pid(in));
            case ControlOp.SEND_SENDER, ControlOp.SEND_SENDER_TT -> new ControlMessage.Send(pid(in), pid(in));
            case ControlOp.REG_SEND, ControlOp.REG_SEND_TT -> regSend(in);
            case ControlOp.ALIAS_SEND, ControlOp.ALIAS_SEND_TT -> new ControlMessage.AliasSend(pid(in), reference(in));
            case ControlOp.EXIT -> new ControlMessage.Exit(pid(in), pid(in), reason(in));
            case ControlOp.EXIT_TT -> new ControlMessage.Exit(pid(in), pid(in), reasonAfterToken(in));
            case ControlOp.EXIT2 -> new ControlMessage.Exit2(pid(in), pid(in), reason(in));
            case ControlOp.EXIT2_TT -> new ControlMessage.Exit2(pid(in), pid(in), reasonAfterToken(in));
            case ControlOp.PAYLOAD_EXIT, ControlOp.PAYLOAD_EXIT_TT -> new ControlMessage.PayloadExit(pid(in), pid(in));
            case ControlOp.PAYLOAD_EXIT2, ControlOp.PAYLOAD_EXIT2_TT ->
                new ControlMessage.PayloadExit2(pid(in), pid(in));
            case ControlOp.UNLINK -> new ControlMessage.Unlink(pid(in), pid(in));
            case ControlOp.UNLINK_ID -> new ControlMessage.UnlinkId(unlinkId(in), pid(in), pid(in));
            case ControlOp.UNLINK_ID_ACK -> new ControlMessage.UnlinkIdAck(unlinkId(in), pid(in), pid(in));
            case ControlOp.GROUP_LEADER -> new ControlMessage.GroupLeader(pid(in), pid(in));
            case ControlOp.MONITOR_P -> new ControlMessage.MonitorP(pid(in), pidOrName(in), reference(in));
            case ControlOp.DEMONITOR_P -> new ControlMessage.DemonitorP(pid(in), pidOrName(in), reference(in));
            case ControlOp.MONITOR_P_EXIT ->
                new ControlMessage.MonitorPExit(pidOrName(in), pid(in), reference(in), reason(in));
            case ControlOp.PAYLOAD_MONITOR_P_EXIT ->
                new ControlMessage.PayloadMonitorPExit(pidOrName(in), pid(in), reference(in));
            case ControlOp.SPAWN_REQUEST, ControlOp.SPAWN_REQUEST_TT -> spawnRequest(in);
            case ControlOp.SPAWN_REPLY, ControlOp.SPAWN_REPLY_TT ->
                new ControlMessage.SpawnReply(reference(in), pid(in), (int) TermDecoder.decodeLong(in), pidOrName(in));
            case ControlOp.ALTACT_SIG_SEND -> altactSend(arity, in);
            default -> throw new ProtocolViolation("unknown control message " + op);
        };
        if (endsWithToken(op)) {
            TermDecoder.skip(in);
        }
        return message;
    }

    private static ProtocolViolation wrongArity(int op, int arity) {
        return new ProtocolViolation("control message " + op + " with " + arity + " elements");
    }

    private static int arityOf(int op) {
        return switch (op) {
            case ControlOp.LINK,
                    ControlOp.SEND,
                    ControlOp.UNLINK,
                    ControlOp.GROUP_LEADER,
                    ControlOp.SEND_SENDER,
                    ControlOp.PAYLOAD_EXIT,
                    ControlOp.PAYLOAD_EXIT2,
                    ControlOp.ALIAS_SEND -> 3;
            case ControlOp.EXIT,
                    ControlOp.REG_SEND,
                    ControlOp.EXIT2,
                    ControlOp.SEND_TT,
                    ControlOp.MONITOR_P,
                    ControlOp.DEMONITOR_P,
                    ControlOp.SEND_SENDER_TT,
                    ControlOp.PAYLOAD_EXIT_TT,
                    ControlOp.PAYLOAD_EXIT2_TT,
                    ControlOp.PAYLOAD_MONITOR_P_EXIT,
                    ControlOp.ALIAS_SEND_TT,
                    ControlOp.UNLINK_ID,
                    ControlOp.UNLINK_ID_ACK -> 4;
            case ControlOp.EXIT_TT,
                    ControlOp.REG_SEND_TT,
                    ControlOp.EXIT2_TT,
                    ControlOp.MONITOR_P_EXIT,
                    ControlOp.SPAWN_REPLY -> 5;
            case ControlOp.SPAWN_REQUEST, ControlOp.SPAWN_REPLY_TT -> 6;
            case ControlOp.SPAWN_REQUEST_TT -> 7;
            default -> -1;
        };
    }

    private static boolean endsWithToken(int op) {
        return switch (op) {
            case ControlOp.SEND_TT,
                    ControlOp.REG_SEND_TT,
                    ControlOp.SEND_SENDER_TT,
                    ControlOp.PAYLOAD_EXIT_TT,
                    ControlOp.PAYLOAD_EXIT2_TT,
                    ControlOp.SPAWN_REQUEST_TT,
                    ControlOp.SPAWN_REPLY_TT,
                    ControlOp.ALIAS_SEND_TT -> true;
            default -> false;
        };
    }

    private static ControlMessage regSend(EtfInput in) {
        Pid from = pid(in);
        TermDecoder.skip(in); // unused, once the cookie
        return new ControlMessage.RegSend(from, TermDecoder.decodeAtom(in));
    }

    private static ControlMessage spawnRequest(EtfInput in) throws ProtocolViolation {
        Reference requestId = reference(in);
        Pid from = pid(in);
        Pid groupLeader = pid(in);
        int parts = TermDecoder.decodeTupleArity(in);
        if (parts != 3) {
            throw new ProtocolViolation("malformed spawn request: a function with " + parts + " parts");
        }
        Atom module = TermDecoder.decodeAtom(in);
        Atom function = TermDecoder.decodeAtom(in);
        long arity = TermDecoder.decodeLong(in);
        if (arity < 0 || arity > 255) {
            throw new ProtocolViolation("malformed spawn request: a function with " + arity + " arguments");
        }
        List<Term> options = switch (term(in, TOO_MANY_OPTIONS)) {
            case ListTerm list -> list.elements();
            default -> throw new ProtocolViolation("malformed spawn request: the options are not a list");
        };
        return new ControlMessage.SpawnRequest(requestId, from, groupLeader, module, function, (int) arity, options);
    }

    /// OTP: dist.c:erts_net_message (OTP 28): the receiver ignores unknown flags and additional elements.
    private static ControlMessage altactSend(int arity, EtfInput in) throws ProtocolViolation {
        if (arity < 4) {
            throw wrongArity(ControlOp.ALTACT_SIG_SEND, arity);
        }
        long flags = switch (term(in, Atom.EMPTY)) {
            case IntegerTerm small -> small.value();
            case BigIntegerTerm big -> big.value().longValue();
            default ->
                throw new ProtocolViolation(
                        "malformed control message " + ControlOp.ALTACT_SIG_SEND + ": the flags are not an integer");
        };
        Pid from = pid(in);
        boolean toAlias = (flags & ControlOp.ALTACT_TO_ALIAS) != 0;
        boolean toName = (flags & ControlOp.ALTACT_TO_NAME) != 0;
        boolean exit = (flags & ControlOp.ALTACT_EXIT) != 0;
        Term to = toAlias ? reference(in) : toName ? TermDecoder.decodeAtom(in) : pid(in);
        for (int more = 4; more < arity; more++) {
            TermDecoder.skip(in);
        }
        return to instanceof Reference alias && !exit
                ? new ControlMessage.AliasSend(from, alias)
                : new ControlMessage.AltactSend(from, to, exit);
    }

    private static Pid pid(EtfInput in) {
        return TermDecoder.decodePid(in);
    }

    private static Reference reference(EtfInput in) {
        return TermDecoder.decodeReference(in);
    }

    /// Reads a term whose size the peer chooses: a reason, or options.
    ///
    /// @return `instead` if the term is too large to be decoded on the reader
    private static Term term(EtfInput in, Term instead) {
        int start = in.position();
        TermDecoder.skip(in);
        if (in.position() - start > MAX_TERM_BYTES) {
            return instead;
        }
        in.seek(start);
        return TermDecoder.decode(in);
    }

    private static Term reason(EtfInput in) {
        return term(in, WellKnownAtoms.UNREADABLE_REASON);
    }

    private static Term reasonAfterToken(EtfInput in) {
        TermDecoder.skip(in);
        return reason(in);
    }

    private static Atom noSender(EtfInput in) {
        TermDecoder.skip(in);
        return Atom.EMPTY;
    }

    private static Term pidOrName(EtfInput in) {
        int tag = in.peek1();
        return tag == Tag.NEW_PID || tag == Tag.OLD_PID ? pid(in) : TermDecoder.decodeAtom(in);
    }

    private static long unlinkId(EtfInput in) throws ProtocolViolation {
        long id = TermDecoder.decodeUnsignedLong(in);
        if (id == 0) {
            throw new ProtocolViolation("unlink with the id 0");
        }
        return id;
    }
}
