package dev.pier.erlang.process;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;

/// Answers `net_adm:ping` as the process `net_kernel` of an Erlang node does. Any answer but `yes` makes Erlang
/// disconnect this node; without an answer the caller waits forever.
///
/// Threads: the readers of the connections. No state. OTP: net_adm.erl:ping.
final class NetKernel {

    /// Ample for `{'$gen_call',{Pid,[alias|Ref]},{is_auth,Node}}`. Larger messages are discarded undecoded.
    private static final DecodeLimits PING = new DecodeLimits(16, 4096, 100, 16);

    private NetKernel() {}

    static void message(Session session, EncodedTerm message) {
        if (message.length() > PING.bytes()) {
            return;
        }
        try {
            if (message.decode(PING) instanceof Tuple call
                    && call.is(WellKnownAtoms.GEN_CALL, 3)
                    && call.get(1) instanceof Tuple from
                    && from.arity() == 2
                    && from.get(0) instanceof Pid caller
                    && call.get(2) instanceof Tuple request
                    && request.is(WellKnownAtoms.IS_AUTH, 2)) {
                answer(session, caller, from.get(1));
            }
        } catch (MalformedTerm e) {
            session.dropped("a message to net_kernel that cannot be decoded: " + e.getMessage());
        }
    }

    private static void answer(Session session, Pid caller, Term tag) {
        Pid self = session.identifiers().nextPid();
        Reference alias = GenTag.aliasOf(tag).orElse(null);
        session.sendRequired(
                MessageSender.replySignal(session, self, caller, alias), self, Tuple.of(tag, WellKnownAtoms.YES));
    }
}
