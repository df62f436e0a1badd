package dev.pier.erlang.process;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.function.Consumer;

/// Sends the signals that carry an exit reason, in the form that the peer offers: with the reason as payload
/// (DFLAG_EXIT_PAYLOAD) or inside the control tuple. OTP: dist.c:erts_dsig_send_exit, erts_dsig_send_exit2,
/// erts_dsig_send_m_exit.
final class ExitSignals {
    private ExitSignals() {}

    /// Sends a signal that the protocol requires. A reason that the peer could not read is replaced.
    private static void orUnreadable(ExitReason reason, Consumer<ExitReason> sending) {
        try {
            sending.accept(reason);
        } catch (BadArgument unreadable) {
            sending.accept(ExitReason.UNREADABLE);
        }
    }

    /// Sends the exit signal of a process link: PAYLOAD_EXIT or EXIT.
    static void exit(Session session, Pid from, Pid to, ExitReason reason) {
        orUnreadable(reason, sent -> exitAsIs(session, from, to, sent));
    }

    private static void exitAsIs(Session session, Pid from, Pid to, ExitReason reason) {
        if (session.connection().capabilities().exitPayload()) {
            session.sendRequired(new ControlMessage.PayloadExit(from, to), from, reason::writeTo);
        } else {
            session.sendRequired(new ControlMessage.Exit(from, to, reason.term()), from);
        }
    }

    /// As [#exit], for a caller that holds the process's lock and calls [Session#flush] after it.
    static void exitWithoutFlush(Session session, Pid from, Pid to, ExitReason reason) {
        orUnreadable(reason, sent -> exitAsIsWithoutFlush(session, from, to, sent));
    }

    private static void exitAsIsWithoutFlush(Session session, Pid from, Pid to, ExitReason reason) {
        if (session.connection().capabilities().exitPayload()) {
            session.sendRequiredWithoutFlush(new ControlMessage.PayloadExit(from, to), from, reason.term());
        } else {
            session.sendRequiredWithoutFlush(new ControlMessage.Exit(from, to, reason.term()), from);
        }
    }

    /// Sends the signal of `exit(Pid, Reason)`: PAYLOAD_EXIT2 or EXIT2.
    ///
    /// @throws dev.pier.erlang.Overloaded if the queue is full; nothing was sent
    /// @throws ConnectionEnded if the connection has ended; nothing was sent
    static void exit2(Session session, Pid from, Pid to, ExitReason reason) throws ConnectionEnded {
        if (session.connection().capabilities().exitPayload()) {
            session.send(new ControlMessage.PayloadExit2(from, to), from, reason::writeTo);
        } else {
            session.send(new ControlMessage.Exit2(from, to, reason.term()), from);
        }
    }

    /// Sends the end of a monitored process: PAYLOAD_MONITOR_P_EXIT or MONITOR_P_EXIT. Sends nothing to a peer
    /// that offers no monitors, as Erlang does.
    ///
    /// @param from the monitored pid or name, exactly as it stood in MONITOR_P
    static void down(Session session, Term from, Pid to, Reference reference, ExitReason reason) {
        if (!session.connection().capabilities().monitors()) {
            return;
        }
        Pid sender = from instanceof Pid pid ? pid : session.nodePid();
        orUnreadable(reason, sent -> downAsIs(session, from, sender, to, reference, sent));
    }

    private static void downAsIs(
            Session session, Term from, Pid sender, Pid to, Reference reference, ExitReason reason) {
        if (session.connection().capabilities().exitPayload()) {
            session.sendRequired(new ControlMessage.PayloadMonitorPExit(from, to, reference), sender, reason::writeTo);
        } else {
            session.sendRequired(new ControlMessage.MonitorPExit(from, to, reference, reason.term()), sender);
        }
    }
}
