package dev.pier.erlang.process;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;

/// Signals whose form depends on what the peer can do: with the reason as payload, or in the tuple.
final class ExitSignals {
    private ExitSignals() {}

    /// A link broke.
    static void exit(Session session, Pid from, Pid to, ExitReason reason) {
        if (session.connection().capabilities().exitPayload()) {
            session.demand(new ControlMessage.PayloadExit(from, to), from, reason::writeTo);
        } else {
            session.demand(new ControlMessage.Exit(from, to, reason.term()), from);
        }
    }

    /// A monitored process ended.
    ///
    /// @param from what the monitor was set on, exactly as it arrived: a pid or a name
    static void down(Session session, Term from, Pid to, Reference reference, ExitReason reason) {
        Pid sender = from instanceof Pid pid ? pid : session.nobody();
        if (session.connection().capabilities().exitPayload()) {
            session.demand(new ControlMessage.PayloadMonitorPExit(from, to, reference), sender, reason::writeTo);
        } else {
            session.demand(new ControlMessage.MonitorPExit(from, to, reference, reason.term()), sender);
        }
    }
}
