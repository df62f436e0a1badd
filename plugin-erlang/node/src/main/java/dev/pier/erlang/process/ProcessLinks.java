package dev.pier.erlang.process;

import dev.pier.erlang.Overloaded;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.link.Identifiers;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The links of one process: what the process does about them, and what others tell it.
///
/// Any thread may call. The process's lock guards the state; signals to peers are queued under it, so that they leave
/// in the order of the changes they tell of. The hazard: linking two processes of this node locks both, the one with
/// the smaller pid first; nothing else may lock two. SPEC: erl_dist_protocol, Link Protocol.
final class ProcessLinks {
    private final ProcessTable table;
    private final LocalProcess self;

    /// Guarded by `self`.
    private final Links links = new Links();

    ProcessLinks(ProcessTable table, LocalProcess self) {
        this.table = table;
        this.self = self;
    }

    // What arrives. Called by readers, and by processes of this node.

    void linked(Session session, Pid from) {
        synchronized (self) {
            if (!self.isAlive()) {
                ExitSignals.exit(session, self.pid(), from, ExitReason.NOPROC);
                return;
            }
            if (isFullFor(from)) {
                ExitSignals.exit(session, self.pid(), from, ExitReason.SYSTEM_LIMIT);
                return;
            }
            links.activated(from, session);
        }
        self.afterTyingTo(session);
    }

    void unlinked(Session session, long id, Pid from) {
        synchronized (self) {
            links.deactivated(from, session);
            // Under the lock: the acknowledgement has to leave before anything else to that process.
            session.demand(new ControlMessage.UnlinkIdAck(id, self.pid(), from), self.pid());
        }
    }

    /// UNLINK, which OTP 25 still knows: nothing is to be acknowledged.
    void unlinked(Session session, Pid from) {
        synchronized (self) {
            links.deactivated(from, session);
        }
    }

    void unlinkAcknowledged(Session session, long id, Pid from) {
        synchronized (self) {
            links.acknowledged(from, session, id);
        }
    }

    /// The other process has ended. Without an active link over that connection it is a late signal, and nothing.
    void broke(@Nullable Session session, Pid from, ExitReason reason) {
        boolean linked;
        synchronized (self) {
            linked = links.remove(from, session);
        }
        if (linked) {
            self.linkBroke(from, reason);
        }
    }

    void connectionLost(Session session) {
        List<Pid> over;
        synchronized (self) {
            over = links.over(session);
        }
        over.forEach(other -> broke(session, other, ExitReason.NOCONNECTION));
    }

    // What the process does; LocalProcess says what comes of it.

    void link(Pid other, long deadlineNanos) {
        if (table.isHere(other.node())) {
            linkLocally(other);
            return;
        }
        Session session = table.session(other.node(), deadlineNanos).orElse(null);
        if (session == null) {
            self.requireAlive();
            self.linkBroke(other, ExitReason.NOCONNECTION);
            return;
        }
        synchronized (self) {
            self.requireAlive();
            requireRoomFor(other);
            if (!links.activate(other, session)) {
                return;
            }
            boolean kept = false;
            try {
                session.send(new ControlMessage.Link(self.pid(), other), self.pid());
                kept = true;
            } catch (ConnectionEnded e) {
                // The link stays until the loss of the connection is looked at, below.
                kept = true;
            } finally {
                if (!kept) {
                    links.remove(other, session);
                }
            }
        }
        self.afterTyingTo(session);
    }

    private boolean isFullFor(Pid other) {
        return links.count() >= table.bounds().links() && !links.has(other);
    }

    private void requireRoomFor(Pid other) {
        if (isFullFor(other)) {
            throw new Overloaded(
                    "the process " + self.pid() + " has " + links.count() + " links (setting erlang.limits.links)");
        }
    }

    private void linkLocally(Pid other) {
        LocalProcess target = table.find(other).orElse(null);
        if (target == self) {
            return;
        }
        boolean linked = target != null
                && together(target, () -> {
                    self.requireAlive();
                    if (target.isAlive()) {
                        requireRoomFor(other);
                        target.links().requireRoomFor(self.pid());
                        links.activate(other, null);
                        target.links().links.activate(self.pid(), null);
                    }
                    return target.isAlive();
                });
        if (!linked) {
            self.requireAlive();
            self.linkBroke(other, ExitReason.NOPROC);
        }
    }

    void unlink(Pid other) {
        LocalProcess target = table.isHere(other.node()) ? table.find(other).orElse(null) : null;
        if (target != null && target != self) {
            together(target, () -> {
                target.links().links.remove(self.pid(), null);
                return links.remove(other, null);
            });
            return;
        }
        synchronized (self) {
            Session session = links.sessionToUnlink(other);
            if (session == null) {
                return;
            }
            if (session.connection().capabilities().unlinkId()) {
                session.demand(
                        new ControlMessage.UnlinkId(links.deactivate(other, session), self.pid(), other), self.pid());
            } else {
                links.remove(other, session);
                session.demand(new ControlMessage.Unlink(self.pid(), other), self.pid());
            }
        }
    }

    /// Does something with both processes' locks held.
    private boolean together(LocalProcess other, BooleanSupplier action) {
        boolean first = Identifiers.number(self.pid()) < Identifiers.number(other.pid());
        synchronized (first ? self : other) {
            synchronized (first ? other : self) {
                return action.getAsBoolean();
            }
        }
    }

    /// The process ends: takes all links out. The caller holds its lock.
    ///
    /// @return what tells the others, to be run without the lock
    Consumer<ExitReason> untie() {
        Map<Pid, Optional<Session>> linked = new HashMap<>();
        links.drain((other, session) -> linked.put(other, Optional.ofNullable(session)));
        return reason -> linked.forEach((other, session) -> tellExit(other, session.orElse(null), reason));
    }

    private void tellExit(Pid other, @Nullable Session session, ExitReason reason) {
        if (session != null) {
            ExitSignals.exit(session, self.pid(), other, reason);
        } else {
            table.find(other)
                    .ifPresent(local -> ExitPropagation.run(() -> local.links().broke(null, self.pid(), reason)));
        }
    }
}
