package dev.pier.erlang.process;

import dev.pier.erlang.Overloaded;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.link.Identifiers;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The process links of one process, and the signals that keep both sides' view of them equal.
///
/// Threads: any. The lock of the process guards the state. A signal is queued under the lock and written after
/// it, by the thread that changed the state ([Session#flush]): the connection's queue keeps the signals of one
/// sender in their order, so they leave in the order of the changes, and no thread writes while it holds the
/// lock.
///
/// Hazard: linking two processes of this node locks both, the one with the smaller pid first. Nothing else may
/// lock two processes. SPEC: erl_dist_protocol Link Protocol.
final class ProcessLinks {
    private final ProcessTable table;
    private final LocalProcess self;
    private final Object lock;

    /// Guarded by `lock`.
    private final Links<Session> links = new Links<>();

    /// @param session the connection to the other process; `null` if that is in this node
    private record Linked(Pid pid, @Nullable Session session) {}

    ProcessLinks(ProcessTable table, LocalProcess self, Object lock) {
        this.table = table;
        this.self = self;
        this.lock = lock;
    }

    // Signals that arrive. Called by readers, and by processes of this node.

    void linkedByPeer(Session session, Pid from) {
        breakOverEarlierConnection(session, from);
        ExitReason refusal = null;
        synchronized (lock) {
            if (!self.isAlive()) {
                refusal = ExitReason.NOPROC;
            } else if (isFullFor(from)) {
                refusal = ExitReason.SYSTEM_LIMIT;
            } else {
                links.linkedByPeer(from, session);
            }
            if (refusal != null) {
                ExitSignals.exitWithoutFlush(session, self.pid(), from, refusal);
            }
        }
        if (refusal != null) {
            session.flush();
        } else {
            self.checkConnection(session);
        }
    }

    /// The reader of an earlier connection may not have reported its loss yet; its link breaks before the new
    /// one counts.
    private void breakOverEarlierConnection(Session session, Pid from) {
        Session earlier;
        synchronized (lock) {
            earlier = links.connection(from);
        }
        if (earlier != null && earlier != session) {
            broke(earlier, from, ExitReason.NOCONNECTION);
        }
    }

    /// UNLINK_ID has arrived. The acknowledgement is queued under the lock, so that it leaves before any other
    /// signal of this process to the sender.
    void unlinkedByPeer(Session session, long id, Pid from) {
        synchronized (lock) {
            links.unlinkedByPeer(from, session);
            acknowledgeWithoutFlush(session, id, self.pid(), from);
        }
        session.flush();
    }

    /// Acknowledges an UNLINK_ID, also one for a process that does not exist. A peer that does not offer
    /// DFLAG_UNLINK_ID knows no acknowledgement. The caller calls [Session#flush].
    static void acknowledgeWithoutFlush(Session session, long id, Pid process, Pid from) {
        if (session.connection().capabilities().unlinkId()) {
            session.sendRequiredWithoutFlush(new ControlMessage.UnlinkIdAck(id, process, from), process);
        }
    }

    /// UNLINK has arrived, the form before OTP 23.3. It is not acknowledged.
    void unlinkedByPeer(Session session, Pid from) {
        synchronized (lock) {
            links.unlinkedByPeer(from, session);
        }
    }

    void unlinkAcknowledged(Session session, long id, Pid from) {
        synchronized (lock) {
            links.acknowledged(from, session, id);
        }
    }

    /// The other process has ended. Without an active link over that connection this is a late signal without
    /// effect.
    void broke(@Nullable Session session, Pid from, ExitReason reason) {
        boolean wasActive;
        synchronized (lock) {
            wasActive = links.remove(from, session);
        }
        if (wasActive) {
            self.linkBroke(from, reason);
        }
    }

    void connectionLost(Session session) {
        List<Pid> over;
        synchronized (lock) {
            over = links.over(session);
        }
        over.forEach(other -> broke(session, other, ExitReason.NOCONNECTION));
    }

    // What the process does. LocalProcess documents the effects.

    void link(Pid other, long deadlineNanos) {
        if (table.isLocal(other.node())) {
            linkLocally(other);
            return;
        }
        Session session = table.session(other.node(), deadlineNanos).orElse(null);
        if (session == null) {
            self.requireAlive();
            self.linkBroke(other, ExitReason.NOCONNECTION);
            return;
        }
        synchronized (lock) {
            self.requireAlive();
            requireRoomFor(other);
            if (!links.link(other, session)) {
                return;
            }
            try {
                session.sendWithoutFlush(new ControlMessage.Link(self.pid(), other), self.pid());
            } catch (ConnectionEnded e) {
                // The link stays until the loss of the connection breaks it, below.
            } catch (Throwable t) {
                links.remove(other, session);
                throw t;
            }
        }
        session.flush();
        self.checkConnection(session);
    }

    List<Pid> active() {
        synchronized (lock) {
            return links.active();
        }
    }

    private boolean isFullFor(Pid other) {
        return links.count() >= table.processLimits().links() && !links.contains(other);
    }

    private void requireRoomFor(Pid other) {
        if (isFullFor(other)) {
            throw new Overloaded("the process " + self.pid() + " cannot have another link: it has " + links.count()
                    + " (setting erlang.limits.links)");
        }
    }

    private void linkLocally(Pid other) {
        LocalProcess target = table.find(other).orElse(null);
        if (target == self) {
            return;
        }
        boolean linked = target != null
                && withBothLocks(target.links(), () -> {
                    self.requireAlive();
                    if (target.isAlive()) {
                        requireRoomFor(other);
                        target.links().requireRoomFor(self.pid());
                        links.link(other, null);
                        target.links().links.link(self.pid(), null);
                    }
                    return target.isAlive();
                });
        if (!linked) {
            self.requireAlive();
            self.linkBroke(other, ExitReason.NOPROC);
        }
    }

    void unlink(Pid other) {
        LocalProcess target = table.isLocal(other.node()) ? table.find(other).orElse(null) : null;
        if (target != null && target != self) {
            withBothLocks(target.links(), () -> {
                target.links().links.remove(self.pid(), null);
                return links.remove(other, null);
            });
            return;
        }
        Session session;
        synchronized (lock) {
            session = links.connection(other);
            if (session != null) {
                unlinkWithoutFlush(other, session);
            }
        }
        if (session != null) {
            session.flush();
        }
    }

    private void unlinkWithoutFlush(Pid other, Session session) {
        long id = links.unlink(other, session);
        if (id == 0) {
            return;
        }
        if (session.connection().capabilities().unlinkId()) {
            session.sendRequiredWithoutFlush(new ControlMessage.UnlinkId(id, self.pid(), other), self.pid());
        } else {
            links.remove(other, session);
            session.sendRequiredWithoutFlush(new ControlMessage.Unlink(self.pid(), other), self.pid());
        }
    }

    private boolean withBothLocks(ProcessLinks other, BooleanSupplier action) {
        boolean thisFirst = Identifiers.number(self.pid()) < Identifiers.number(other.self.pid());
        synchronized (thisFirst ? lock : other.lock) {
            synchronized (thisFirst ? other.lock : lock) {
                return action.getAsBoolean();
            }
        }
    }

    /// Removes all links, as the process ends. The caller holds the lock.
    ///
    /// @return sends the exit signals; to be run without the lock
    Consumer<ExitReason> end() {
        List<Linked> linked = new ArrayList<>();
        links.drain((other, session) -> linked.add(new Linked(other, session)));
        return reason -> linked.forEach(other -> sendExit(other, reason));
    }

    private void sendExit(Linked other, ExitReason reason) {
        if (other.session() != null) {
            ExitSignals.exit(other.session(), self.pid(), other.pid(), reason);
        } else {
            table.find(other.pid())
                    .ifPresent(local -> ExitPropagation.run(() -> local.links().broke(null, self.pid(), reason)));
        }
    }
}
