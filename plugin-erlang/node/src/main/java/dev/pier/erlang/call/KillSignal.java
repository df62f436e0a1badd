package dev.pier.erlang.call;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;

/// The exit signal `kill` to a process on a peer, in the form that the peer offers.
final class KillSignal {
    private KillSignal() {}

    static void send(Session session, Pid from, Pid to) {
        if (session.connection().capabilities().exitPayload()) {
            session.sendRequired(new ControlMessage.PayloadExit2(from, to), from, WellKnownAtoms.KILL);
        } else {
            session.sendRequired(new ControlMessage.Exit2(from, to, WellKnownAtoms.KILL), from);
        }
    }
}
