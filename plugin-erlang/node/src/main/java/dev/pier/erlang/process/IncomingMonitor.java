package dev.pier.erlang.process;

import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;

/// A monitor that another process has set on a process of this node.
sealed interface IncomingMonitor {
    /// Reports the end of the monitored process, or what stands for it. The caller holds no lock, and has
    /// removed the monitor from the table.
    void sendDown(ExitReason reason);

    /// The process that has set the monitor.
    Pid pid();

    /// Whether the monitor was set over that connection.
    boolean isOver(Session session);

    /// A monitor set by a process of a peer.
    ///
    /// @param object the monitored pid or name, as it stood in MONITOR_P
    record Remote(Session session, Pid watcher, Term object, Reference reference) implements IncomingMonitor {
        @Override
        public Pid pid() {
            return watcher;
        }

        @Override
        public void sendDown(ExitReason reason) {
            if (session.removeIncomingMonitor(reference) != null) {
                ExitSignals.down(session, object, watcher, reference, reason);
            }
        }

        @Override
        public boolean isOver(Session other) {
            return session == other;
        }
    }

    /// A monitor set by another process of this node.
    record Local(LocalProcess watcher, Reference reference) implements IncomingMonitor {
        @Override
        public Pid pid() {
            return watcher.pid();
        }

        @Override
        public void sendDown(ExitReason reason) {
            watcher.outgoingMonitors().down(reference, reason);
        }

        @Override
        public boolean isOver(Session other) {
            return false;
        }
    }
}
