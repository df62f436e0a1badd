package dev.pier.erlang.process;

import dev.pier.erlang.UnsupportedByPeer;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The monitors that one process has set.
///
/// Threads: any. The lock of the process guards the table. MONITOR_P is queued under the lock and written after it,
/// so that a DEMONITOR_P of another thread, which needs the entry in the table, cannot overtake it.
///
/// Hazard: no other process may be called with the lock held.
final class OutgoingMonitors {
    private static final String MONITOR_FLAGS = "DFLAG_DIST_MONITOR and DFLAG_DIST_MONITOR_NAME";

    private final ProcessTable table;
    private final LocalProcess self;
    private final Object lock;

    /// Guarded by `lock`.
    private final Map<Reference, OutgoingMonitor> monitors = new HashMap<>();

    OutgoingMonitors(ProcessTable table, LocalProcess self, Object lock) {
        this.table = table;
        this.self = self;
        this.lock = lock;
    }

    /// A monitored process has ended, and the monitor with it. Without such a monitor this is a late signal
    /// without effect.
    void down(Reference reference, ExitReason reason) {
        synchronized (lock) {
            OutgoingMonitor monitor = monitors.remove(reference);
            if (monitor != null) {
                self.body().down(reference, monitor.object(), reason);
            }
        }
    }

    /// The processes that are monitored now.
    List<Term> objects() {
        synchronized (lock) {
            return monitors.values().stream().map(OutgoingMonitor::object).toList();
        }
    }

    // What the process does. LocalProcess documents the effects.

    Reference monitor(Pid other, long deadlineNanos) {
        return table.isLocal(other.node())
                ? monitorLocally(table.find(other).orElse(null), other, other)
                : monitorRemotely(other.node(), other, other, deadlineNanos);
    }

    Reference monitor(Atom name, Atom node, long deadlineNanos) {
        Term object = Tuple.of(name, node);
        return table.isLocal(node)
                ? monitorLocally(table.whereis(name).orElse(null), name, object)
                : monitorRemotely(node, name, object, deadlineNanos);
    }

    private Reference monitorLocally(@Nullable LocalProcess target, Term named, Term object) {
        OutgoingMonitor monitor = create(null, target, named, object);
        Reference reference = monitor.reference();
        synchronized (lock) {
            self.requireAlive();
            monitors.put(reference, monitor);
        }
        if (target == null || !target.incomingMonitors().addLocal(self, reference)) {
            down(reference, ExitReason.NOPROC);
        } else if (!self.isAlive()) {
            target.demonitored(reference);
        }
        return reference;
    }

    private Reference monitorRemotely(Atom node, Term named, Term object, long deadlineNanos) {
        Session session = table.session(node, deadlineNanos).orElse(null);
        if (session != null) {
            requireMonitors(session);
        }
        OutgoingMonitor monitor = create(session, null, named, object);
        Reference reference = monitor.reference();
        boolean connected;
        synchronized (lock) {
            self.requireAlive();
            monitors.put(reference, monitor);
            try {
                connected = session != null && sendMonitorWithoutFlush(monitor, session);
            } catch (Throwable t) {
                monitors.remove(reference);
                throw t;
            }
        }
        if (session != null) {
            session.flush();
        }
        if (!connected) {
            down(reference, ExitReason.NOCONNECTION);
        }
        return reference;
    }

    /// Erlang lets such a monitor watch over the connection only, and its owner waits without knowing it. OTP:
    /// dist.c:erts_dsig_send_monitor.
    private static void requireMonitors(Session session) {
        if (!session.connection().capabilities().monitors()) {
            throw new UnsupportedByPeer("monitor a process of " + session, MONITOR_FLAGS);
        }
    }

    private OutgoingMonitor create(@Nullable Session session, @Nullable LocalProcess target, Term named, Term object) {
        return new OutgoingMonitor(
                self, table.identifiers().nextReference(), session, target, named, object, table.decodeLimits());
    }

    /// @return false if the connection has ended
    private boolean sendMonitorWithoutFlush(OutgoingMonitor monitor, Session session) {
        try {
            session.pendingReplies().register(monitor.reference(), monitor);
        } catch (ConnectionEnded e) {
            return false;
        }
        try {
            session.sendWithoutFlush(
                    new ControlMessage.MonitorP(self.pid(), monitor.target(), monitor.reference()), self.pid());
            return true;
        } catch (ConnectionEnded e) {
            session.pendingReplies().remove(monitor.reference());
            return false;
        } catch (Throwable t) {
            session.pendingReplies().remove(monitor.reference());
            throw t;
        }
    }

    boolean demonitor(Reference reference) {
        OutgoingMonitor monitor;
        synchronized (lock) {
            monitor = monitors.remove(reference);
        }
        if (monitor != null) {
            sendDemonitor(monitor);
        }
        return monitor != null;
    }

    private void sendDemonitor(OutgoingMonitor monitor) {
        Session session = monitor.session();
        if (session != null && session.pendingReplies().remove(monitor.reference()) != null) {
            session.sendRequired(
                    new ControlMessage.DemonitorP(self.pid(), monitor.target(), monitor.reference()), self.pid());
        }
        if (monitor.local() != null) {
            monitor.local().demonitored(monitor.reference());
        }
    }

    /// Removes all monitors, as the process ends. The caller holds the lock.
    ///
    /// @return ends them at the monitored processes; to be run without the lock
    Runnable end() {
        List<OutgoingMonitor> ended = List.copyOf(monitors.values());
        monitors.clear();
        return () -> ended.forEach(this::sendDemonitor);
    }
}
