package dev.pier.erlang.process;

import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The monitors that others have set on one process.
///
/// Threads: any; readers add and remove. The lock of the process guards the table.
///
/// Hazard: no other process may be called with the lock held.
final class IncomingMonitors {
    private final ProcessTable table;
    private final LocalProcess self;
    private final Object lock;

    /// Guarded by `lock`.
    private final Map<Reference, IncomingMonitor> monitors = new HashMap<>();

    IncomingMonitors(ProcessTable table, LocalProcess self, Object lock) {
        this.table = table;
        this.self = self;
        this.lock = lock;
    }

    /// MONITOR_P has arrived. A process that has ended, or a peer with too many monitors, gets its `DOWN` at
    /// once.
    void add(Session session, Pid from, Term object, Reference reference) {
        ExitReason refusal = null;
        synchronized (lock) {
            if (!self.isAlive()) {
                refusal = ExitReason.NOPROC;
            } else if (!session.addIncomingMonitor(
                    reference, self, table.processLimits().monitors())) {
                refusal = ExitReason.SYSTEM_LIMIT;
            } else {
                monitors.put(reference, new IncomingMonitor.Remote(session, from, object, reference));
            }
        }
        if (refusal == null) {
            self.checkConnection(session);
        } else {
            ExitSignals.down(session, object, from, reference, refusal);
        }
    }

    /// A process of this node sets a monitor.
    ///
    /// @return false if this process has ended
    boolean addLocal(LocalProcess watcher, Reference reference) {
        synchronized (lock) {
            if (self.isAlive()) {
                monitors.put(reference, new IncomingMonitor.Local(watcher, reference));
            }
            return self.isAlive();
        }
    }

    /// The other process has ended its monitor, or cannot be told anything any more.
    void remove(Reference reference) {
        IncomingMonitor monitor;
        synchronized (lock) {
            monitor = monitors.remove(reference);
        }
        if (monitor != null) {
            self.body().demonitored(reference);
        }
    }

    /// Reports the end of this process to one monitor, though it lives on.
    ///
    /// @return false if there is no such monitor
    boolean fail(Reference reference, ExitReason reason) {
        IncomingMonitor monitor;
        synchronized (lock) {
            monitor = monitors.remove(reference);
        }
        if (monitor != null) {
            monitor.sendDown(reason);
        }
        return monitor != null;
    }

    /// The processes that monitor this one now.
    List<Pid> watchers() {
        synchronized (lock) {
            return monitors.values().stream().map(IncomingMonitor::pid).toList();
        }
    }

    void connectionLost(Session session) {
        List<Reference> over = new ArrayList<>();
        synchronized (lock) {
            monitors.forEach((reference, monitor) -> {
                if (monitor.isOver(session)) {
                    over.add(reference);
                }
            });
        }
        over.forEach(this::remove);
    }

    /// Removes all monitors, as the process ends. The caller holds the lock.
    ///
    /// @return reports the end to them; to be run without the lock
    Consumer<ExitReason> end() {
        List<IncomingMonitor> ended = List.copyOf(monitors.values());
        monitors.clear();
        return reason -> ended.forEach(monitor -> monitor.sendDown(reason));
    }
}
