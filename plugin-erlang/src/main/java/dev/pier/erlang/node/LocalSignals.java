package dev.pier.erlang.node;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the signals that are for processes of this node as Erlang does for processes that are not there, and
/// `net_adm:ping` as `net_kernel` does. Runs on the connections' readers; keeps no state.
final class LocalSignals implements Session.ProcessSignals {
    private static final Logger log = LoggerFactory.getLogger(LocalSignals.class);

    private static final Atom NOPROC = Atom.of("noproc");
    private static final Atom NOTSUP = Atom.of("notsup");
    private static final Atom NET_KERNEL = Atom.of("net_kernel");
    private static final Atom GEN_CALL = Atom.of("$gen_call");
    private static final Atom IS_AUTH = Atom.of("is_auth");
    private static final Atom YES = Atom.of("yes");
    private static final Atom ALIAS = Atom.of("alias");

    /// `{'$gen_call',{Pid,[alias|Ref]},{is_auth,Node}}` is far below these; nothing larger is looked at.
    private static final DecodeLimits PING = new DecodeLimits(16, 4096, 100, 16);

    @Override
    public void signal(Session session, ControlMessage control, EncodedTerm payload) {
        switch (control) {
            case ControlMessage.Link(Pid from, Pid to) -> Signals.exit(session, to, from, NOPROC);
            case ControlMessage.MonitorP(Pid from, Term to, Reference reference) -> {
                if (!to.equals(NET_KERNEL)) {
                    Signals.down(session, to, from, reference, NOPROC);
                }
            }
            case ControlMessage.UnlinkId(long id, Pid from, Pid to) ->
                session.demand(new ControlMessage.UnlinkIdAck(id, to, from), to);
            case ControlMessage.SpawnRequest request ->
                session.demand(
                        new ControlMessage.SpawnReply(request.requestId(), request.from(), 0, NOTSUP),
                        session.nobody());
            case ControlMessage.RegSend(Pid _, Atom to) when to.equals(NET_KERNEL) -> ping(session, payload);
            default -> log.debug("{}: no process for {}", session, control);
        }
    }

    /// SPEC: net_adm.erl, ping/1. Anything but `yes` makes Erlang disconnect us; no answer leaves its caller waiting.
    private static void ping(Session session, EncodedTerm message) {
        if (message.length() > PING.bytes()) {
            return;
        }
        try {
            if (message.decode(PING) instanceof Tuple call
                    && call.is(GEN_CALL, 3)
                    && call.get(1) instanceof Tuple from
                    && from.arity() == 2
                    && from.get(0) instanceof Pid caller
                    && call.get(2) instanceof Tuple request
                    && request.is(IS_AUTH, 2)) {
                Term tag = from.get(1);
                Pid self = session.identifiers().nextPid();
                Term answer = Tuple.of(tag, YES);
                if (tag instanceof ImproperList list
                        && list.elements().getFirst().equals(ALIAS)
                        && list.tail() instanceof Reference alias) {
                    session.demand(new ControlMessage.AliasSend(self, alias), self, answer);
                } else {
                    session.demand(new ControlMessage.Send(self, caller), self, answer);
                }
            }
        } catch (MalformedTerm e) {
            session.dropped("a message to net_kernel that cannot be decoded: " + e.getMessage());
        }
    }
}
