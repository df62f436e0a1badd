package dev.pier.erlang.process;

import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Whom one process monitors, and who monitors it.
///
/// Any thread may call. The process's lock guards the state; signals to peers are queued under it, so that they leave
/// in the order of the changes they tell of. The hazard: it is not to be held while another process is told.
final class ProcessMonitors {
    private final ProcessTable table;
    private final LocalProcess self;

    /// Guarded by `self`, as the next.
    private final Map<Reference, Watcher> watchers = new HashMap<>();

    private final Map<Reference, OutgoingMonitor> watches = new HashMap<>();

    /// Somebody who monitors this process.
    ///
    /// @param session the connection to it; `null` if it is a process of this node
    /// @param local the process if it is in this node
    /// @param object what the monitor was set on, as it arrived
    private record Watcher(
            @Nullable Session session, @Nullable LocalProcess local, Pid pid, Term object) {}

    ProcessMonitors(ProcessTable table, LocalProcess self) {
        this.table = table;
        this.self = self;
    }

    // What arrives. Called by readers, and by processes of this node.

    void watched(Session session, Pid from, Term object, Reference reference) {
        ExitReason refusal = null;
        synchronized (self) {
            if (!self.isAlive()) {
                refusal = ExitReason.NOPROC;
            } else if (!session.addIncomingMonitor(
                    reference, self, table.bounds().monitors())) {
                refusal = ExitReason.SYSTEM_LIMIT;
            } else {
                watchers.put(reference, new Watcher(session, null, from, object));
            }
        }
        if (refusal == null) {
            self.afterTyingTo(session);
        } else {
            ExitSignals.down(session, object, from, reference, refusal);
        }
    }

    private boolean watchedLocally(LocalProcess by, Reference reference) {
        synchronized (self) {
            if (self.isAlive()) {
                watchers.put(reference, new Watcher(null, by, by.pid(), self.pid()));
            }
            return self.isAlive();
        }
    }

    /// Somebody no longer monitors this process.
    void unwatched(Reference reference) {
        Watcher watcher;
        synchronized (self) {
            watcher = watchers.remove(reference);
        }
        if (watcher != null) {
            self.body().unwatched(reference);
        }
    }

    /// A monitored process has ended, and the monitor with it.
    void down(Reference reference, ExitReason reason) {
        synchronized (self) {
            OutgoingMonitor watch = watches.remove(reference);
            if (watch != null) {
                self.body().down(reference, watch.object(), reason);
            }
        }
    }

    /// What others monitor over that connection is nobody's any more. What this process monitors over it the session
    /// tells.
    void connectionLost(Session session) {
        List<Reference> over = new ArrayList<>();
        synchronized (self) {
            watchers.forEach((reference, watcher) -> {
                if (watcher.session() == session) {
                    over.add(reference);
                }
            });
        }
        over.forEach(this::unwatched);
    }

    // What the process does; LocalProcess says what comes of it.

    Reference monitor(Pid other, long deadlineNanos) {
        LocalProcess local = table.isHere(other.node()) ? table.find(other).orElse(null) : null;
        return monitor(other.node(), local, other, other, deadlineNanos);
    }

    Reference monitor(Atom name, Atom node, long deadlineNanos) {
        LocalProcess local = table.isHere(node) ? table.whereis(name).orElse(null) : null;
        return monitor(node, local, name, Tuple.of(name, node), deadlineNanos);
    }

    private Reference monitor(Atom node, @Nullable LocalProcess local, Term target, Term object, long deadlineNanos) {
        boolean here = table.isHere(node);
        Session session = here ? null : table.session(node, deadlineNanos).orElse(null);
        Reference reference = table.identifiers().nextReference();
        OutgoingMonitor watch = new OutgoingMonitor(self, reference, session, local, target, object, table.limits());
        ExitReason missing =
                session == null && local == null ? here ? ExitReason.NOPROC : ExitReason.NOCONNECTION : null;
        synchronized (self) {
            self.requireAlive();
            watches.put(reference, watch);
            if (session != null && !begin(watch, session)) {
                missing = ExitReason.NOCONNECTION;
            }
        }
        if (local != null) {
            if (!local.monitors().watchedLocally(self, reference)) {
                missing = ExitReason.NOPROC;
            } else if (!self.isAlive()) {
                local.monitors().unwatched(reference);
            }
        }
        if (missing != null) {
            down(reference, missing);
        }
        return reference;
    }

    /// @return false if the connection has ended
    private boolean begin(OutgoingMonitor watch, Session session) {
        boolean kept = false;
        try {
            session.hold(watch.reference(), watch);
            session.send(new ControlMessage.MonitorP(self.pid(), watch.target(), watch.reference()), self.pid());
            kept = true;
            return true;
        } catch (ConnectionEnded e) {
            session.release(watch.reference());
            kept = true;
            return false;
        } finally {
            if (!kept) {
                session.release(watch.reference());
                watches.remove(watch.reference());
            }
        }
    }

    boolean demonitor(Reference reference) {
        OutgoingMonitor watch;
        synchronized (self) {
            watch = watches.remove(reference);
            if (watch != null) {
                tellDemonitor(watch);
            }
        }
        if (watch != null && watch.local() != null) {
            watch.local().monitors().unwatched(reference);
        }
        return watch != null;
    }

    private void tellDemonitor(OutgoingMonitor watch) {
        Session session = watch.session();
        if (session != null && session.release(watch.reference())) {
            session.demand(new ControlMessage.DemonitorP(self.pid(), watch.target(), watch.reference()), self.pid());
        }
    }

    boolean failWatcher(Reference reference, ExitReason reason) {
        Watcher watcher;
        synchronized (self) {
            watcher = watchers.remove(reference);
        }
        if (watcher != null) {
            tellDown(reference, watcher, reason);
        }
        return watcher != null;
    }

    /// The process ends: takes all monitors out, both ways. The caller holds its lock.
    ///
    /// @return what tells the others, to be run without the lock
    Consumer<ExitReason> untie() {
        List<Map.Entry<Reference, Watcher>> watching = List.copyOf(watchers.entrySet());
        watchers.clear();
        List<OutgoingMonitor> watched = List.copyOf(watches.values());
        watches.clear();
        return reason -> {
            watching.forEach(watcher -> tellDown(watcher.getKey(), watcher.getValue(), reason));
            for (OutgoingMonitor watch : watched) {
                tellDemonitor(watch);
                if (watch.local() != null) {
                    watch.local().monitors().unwatched(watch.reference());
                }
            }
        };
    }

    private static void tellDown(Reference reference, Watcher watcher, ExitReason reason) {
        if (watcher.local() != null) {
            watcher.local().monitors().down(reference, reason);
        } else if (watcher.session() != null && watcher.session().removeIncomingMonitor(reference) != null) {
            ExitSignals.down(watcher.session(), watcher.object(), watcher.pid(), reference, reason);
        }
    }
}
