package dev.pier.erlang.node;

import dev.pier.erlang.Overloaded;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A process of this node as signals see it: whom it is linked with, whom it monitors, who monitors it, and what an
/// exit signal does to it. What it does with its messages is its [ProcessBody]'s affair.
///
/// Any thread may call. One lock guards the process's state; signals to peers are queued under it, so that they leave
/// in the order of the changes they tell of. The hazard: linking two processes of this node locks both, the one with
/// the smaller pid first; nothing else may lock two.
public final class LocalProcess {
    private final Processes table;
    private final Pid pid;
    private final ProcessBody body;

    /// Guarded by `this`, as all that follows.
    private final Links links = new Links();

    private final Map<Reference, Watcher> watchers = new HashMap<>();
    private final Map<Reference, Watch> watches = new HashMap<>();
    private final List<Atom> names = new ArrayList<>(1);
    private boolean trapsExits;
    private volatile boolean alive = true;

    /// Somebody who monitors this process.
    ///
    /// @param session the connection to it; `null` if it is a process of this node
    /// @param local the process if it is in this node
    /// @param object what the monitor was set on, as it arrived
    private record Watcher(
            @Nullable Session session, @Nullable LocalProcess local, Pid pid, Term object) {}

    LocalProcess(Processes table, Pid pid, Function<LocalProcess, ? extends ProcessBody> bodies) {
        this.table = table;
        this.pid = pid;
        this.body = bodies.apply(this);
    }

    public Pid pid() {
        return pid;
    }

    public ProcessBody body() {
        return body;
    }

    public boolean isAlive() {
        return alive;
    }

    /// Whether exit signals become messages instead of ending the process.
    public synchronized void trapExits(boolean trap) {
        trapsExits = trap;
    }

    /// @return false if the process has ended
    synchronized boolean named(Atom name) {
        if (alive) {
            names.add(name);
        }
        return alive;
    }

    synchronized void unnamed(Atom name) {
        names.remove(name);
    }

    // What arrives. Called by readers, and by processes of this node.

    void message(EncodedTerm message) {
        body.message(message);
    }

    void oversized(String limit) {
        body.oversized(limit);
    }

    /// A message to a reference by which this process monitors: its own only if it is an alias, too.
    void aliasMessage(Reference reference, EncodedTerm message) {
        table.alias(reference).ifPresent(process -> process.message(message));
    }

    /// `exit(Pid, Reason)` of somebody. SPEC: erlang:exit/2.
    void exitSignal(Pid from, ExitReason reason) {
        if (reason.is(ExitReason.KILL)) {
            end(ExitReason.KILLED);
        } else if (!trap(from, reason) && (!reason.is(ExitReason.NORMAL) || from.equals(pid))) {
            end(reason);
        }
    }

    /// A linked process has ended. Without an active link over that connection it is a late signal, and nothing.
    void linkBroke(@Nullable Session session, Pid from, ExitReason reason) {
        boolean linked;
        synchronized (this) {
            linked = links.remove(from, session);
        }
        if (linked) {
            linkBroke(from, reason);
        }
    }

    private void linkBroke(Pid from, ExitReason reason) {
        if (!trap(from, reason) && !reason.is(ExitReason.NORMAL)) {
            end(reason);
        }
    }

    private synchronized boolean trap(Pid from, ExitReason reason) {
        if (alive && trapsExits) {
            body.exit(from, reason);
        }
        return trapsExits;
    }

    /// A process of a peer links itself with this one.
    public void linked(Session session, Pid from) {
        synchronized (this) {
            if (!alive) {
                Signals.exit(session, pid, from, ExitReason.NOPROC);
                return;
            }
            if (isFullFor(from)) {
                Signals.exit(session, pid, from, ExitReason.SYSTEM_LIMIT);
                return;
            }
            links.activated(from, session);
        }
        afterTyingTo(session);
    }

    void unlinked(Session session, long id, Pid from) {
        synchronized (this) {
            links.deactivated(from, session);
            // Under the lock: the acknowledgement has to leave before anything else to that process.
            session.demand(new ControlMessage.UnlinkIdAck(id, pid, from), pid);
        }
    }

    /// UNLINK, which OTP 25 still knows: nothing is to be acknowledged.
    synchronized void unlinked(Session session, Pid from) {
        links.deactivated(from, session);
    }

    synchronized void unlinkAcknowledged(Session session, long id, Pid from) {
        links.acknowledged(from, session, id);
    }

    /// A process of a peer begins to monitor this one.
    ///
    /// @param object what the monitor is set on, exactly as it arrived: a pid or a name
    public void watched(Session session, Pid from, Term object, Reference reference) {
        ExitReason refusal = null;
        synchronized (this) {
            if (!alive) {
                refusal = ExitReason.NOPROC;
            } else if (!session.watch(reference, this, table.bounds().monitors())) {
                refusal = ExitReason.SYSTEM_LIMIT;
            } else {
                watchers.put(reference, new Watcher(session, null, from, object));
            }
        }
        if (refusal == null) {
            afterTyingTo(session);
        } else {
            Signals.down(session, object, from, reference, refusal);
        }
    }

    private synchronized boolean watchedLocally(LocalProcess by, Reference reference) {
        if (alive) {
            watchers.put(reference, new Watcher(null, by, by.pid, pid));
        }
        return alive;
    }

    /// Somebody no longer monitors this process.
    void unwatched(Reference reference) {
        Watcher watcher;
        synchronized (this) {
            watcher = watchers.remove(reference);
        }
        if (watcher != null) {
            body.unwatched(reference);
        }
    }

    /// A message to an alias or the reason of an end was beyond a limit; after the latter nothing more will come.
    void oversized(Reference reference, String limit) {
        if (table.alias(reference).isPresent()) {
            body.oversized(limit);
        } else {
            down(reference, ExitReason.UNREADABLE);
        }
    }

    /// A monitored process has ended, and the monitor with it.
    synchronized void down(Reference reference, ExitReason reason) {
        Watch watch = watches.remove(reference);
        if (watch != null) {
            body.down(reference, watch.object(), reason);
        }
    }

    /// A connection has ended: what it tied to other processes is untied.
    void connectionLost(Session session) {
        List<Pid> broken;
        List<Reference> gone = new ArrayList<>();
        synchronized (this) {
            broken = links.over(session);
            watchers.forEach((reference, watcher) -> {
                if (watcher.session() == session) {
                    gone.add(reference);
                }
            });
        }
        gone.forEach(this::unwatched);
        broken.forEach(other -> linkBroke(session, other, ExitReason.NOCONNECTION));
    }

    /// The loss of a connection may have been told before something was tied to it.
    private void afterTyingTo(Session session) {
        if (!session.connection().isOpen()) {
            connectionLost(session);
        }
    }

    // What the process does.

    /// Links the process with another. One that is not there, or not to be reached, gives an exit signal, as in Erlang.
    ///
    /// @throws Overloaded if the queue to the peer is full, or one of the two has as many links as it may
    /// @throws IllegalStateException if this process has ended
    public void link(Pid other, long deadlineNanos) {
        if (table.isHere(other.node())) {
            linkLocally(other);
            return;
        }
        Session session = table.session(other.node(), deadlineNanos).orElse(null);
        if (session == null) {
            requireAlive();
            linkBroke(other, ExitReason.NOCONNECTION);
            return;
        }
        synchronized (this) {
            requireAlive();
            requireRoomFor(other);
            if (!links.activate(other, session)) {
                return;
            }
            boolean kept = false;
            try {
                session.send(new ControlMessage.Link(pid, other), pid);
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
        afterTyingTo(session);
    }

    private boolean isFullFor(Pid other) {
        return links.count() >= table.bounds().links() && !links.has(other);
    }

    private void requireRoomFor(Pid other) {
        if (isFullFor(other)) {
            throw new Overloaded(
                    "the process " + pid + " has " + links.count() + " links (setting erlang.limits.links)");
        }
    }

    private void linkLocally(Pid other) {
        LocalProcess target = table.find(other).orElse(null);
        if (target == this) {
            return;
        }
        boolean linked = target != null
                && together(target, () -> {
                    requireAlive();
                    if (target.alive) {
                        requireRoomFor(other);
                        target.requireRoomFor(pid);
                        links.activate(other, null);
                        target.links.activate(pid, null);
                    }
                    return target.alive;
                });
        if (!linked) {
            requireAlive();
            linkBroke(other, ExitReason.NOPROC);
        }
    }

    /// Ends a link: no exit signal comes from the other process over it any more.
    public void unlink(Pid other) {
        LocalProcess target = table.isHere(other.node()) ? table.find(other).orElse(null) : null;
        if (target != null && target != this) {
            together(target, () -> {
                target.links.remove(pid, null);
                return links.remove(other, null);
            });
            return;
        }
        synchronized (this) {
            Session session = links.sessionToUnlink(other);
            if (session == null) {
                return;
            }
            if (session.connection().capabilities().unlinkId()) {
                session.demand(new ControlMessage.UnlinkId(links.deactivate(other, session), pid, other), pid);
            } else {
                links.remove(other, session);
                session.demand(new ControlMessage.Unlink(pid, other), pid);
            }
        }
    }

    /// Does something with both processes' locks held.
    private boolean together(LocalProcess other, BooleanSupplier action) {
        boolean first = Identifiers.number(pid) < Identifiers.number(other.pid);
        synchronized (first ? this : other) {
            synchronized (first ? other : this) {
                return action.getAsBoolean();
            }
        }
    }

    /// Monitors a process. One that is not there, or not to be reached, gives its DOWN, as in Erlang.
    ///
    /// @throws dev.pier.erlang.Overloaded if too much is under way to that peer
    /// @throws IllegalStateException if this process has ended
    public Reference monitor(Pid other, long deadlineNanos) {
        LocalProcess local = table.isHere(other.node()) ? table.find(other).orElse(null) : null;
        return monitor(other.node(), local, other, other, deadlineNanos);
    }

    /// Monitors whoever is registered under a name on a node.
    ///
    /// @throws dev.pier.erlang.Overloaded if too much is under way to that peer
    /// @throws IllegalStateException if this process has ended
    public Reference monitor(Atom name, Atom node, long deadlineNanos) {
        LocalProcess local = table.isHere(node) ? table.whereis(name).orElse(null) : null;
        return monitor(node, local, name, Tuple.of(name, node), deadlineNanos);
    }

    private Reference monitor(Atom node, @Nullable LocalProcess local, Term target, Term object, long deadlineNanos) {
        boolean here = table.isHere(node);
        Session session = here ? null : table.session(node, deadlineNanos).orElse(null);
        Reference reference = table.identifiers().nextReference();
        Watch watch = new Watch(this, reference, session, local, target, object, table.limits());
        ExitReason missing =
                session == null && local == null ? here ? ExitReason.NOPROC : ExitReason.NOCONNECTION : null;
        synchronized (this) {
            requireAlive();
            watches.put(reference, watch);
            if (session != null && !begin(watch, session)) {
                missing = ExitReason.NOCONNECTION;
            }
        }
        if (local != null) {
            if (!local.watchedLocally(this, reference)) {
                missing = ExitReason.NOPROC;
            } else if (!alive) {
                local.unwatched(reference);
            }
        }
        if (missing != null) {
            down(reference, missing);
        }
        return reference;
    }

    /// @return false if the connection has ended
    private boolean begin(Watch watch, Session session) {
        boolean kept = false;
        try {
            session.hold(watch.reference(), watch);
            session.send(new ControlMessage.MonitorP(pid, watch.target(), watch.reference()), pid);
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

    /// Ends a monitor.
    ///
    /// @return false if it has fired already, or was none
    public boolean demonitor(Reference reference) {
        Watch watch;
        synchronized (this) {
            watch = watches.remove(reference);
            if (watch != null) {
                tellDemonitor(watch);
            }
        }
        if (watch != null && watch.local() != null) {
            watch.local().unwatched(reference);
        }
        return watch != null;
    }

    private void tellDemonitor(Watch watch) {
        Session session = watch.session();
        if (session != null && session.release(watch.reference())) {
            session.demand(new ControlMessage.DemonitorP(pid, watch.target(), watch.reference()), pid);
        }
    }

    private void requireAlive() {
        if (!alive) {
            throw new IllegalStateException("the process " + pid + " has ended");
        }
    }

    /// Ends the process: its names are free, its links and monitors told.
    ///
    /// @return false if it had ended before
    public boolean end(ExitReason reason) {
        Map<Pid, Optional<Session>> linked = new HashMap<>();
        List<Map.Entry<Reference, Watcher>> watching;
        List<Watch> watched;
        synchronized (this) {
            if (!alive) {
                return false;
            }
            alive = false;
            table.remove(this, names);
            names.clear();
            links.drain((other, session) -> linked.put(other, Optional.ofNullable(session)));
            watching = List.copyOf(watchers.entrySet());
            watchers.clear();
            watched = List.copyOf(watches.values());
            watches.clear();
        }
        linked.forEach((other, session) -> tellExit(other, session.orElse(null), reason));
        watching.forEach(watcher -> tellDown(watcher.getKey(), watcher.getValue(), reason));
        for (Watch watch : watched) {
            tellDemonitor(watch);
            if (watch.local() != null) {
                watch.local().unwatched(watch.reference());
            }
        }
        body.ended(reason);
        return true;
    }

    private void tellExit(Pid other, @Nullable Session session, ExitReason reason) {
        if (session != null) {
            Signals.exit(session, pid, other, reason);
        } else {
            table.find(other).ifPresent(local -> Cascade.run(() -> local.linkBroke(null, pid, reason)));
        }
    }

    private static void tellDown(Reference reference, Watcher watcher, ExitReason reason) {
        if (watcher.local() != null) {
            watcher.local().down(reference, reason);
        } else if (watcher.session() != null && watcher.session().unwatch(reference)) {
            Signals.down(watcher.session(), watcher.object(), watcher.pid(), reference, reason);
        }
    }

    /// Has one monitor of this process fire as if the process had ended; it lives on.
    ///
    /// @return false if there is no such monitor
    public boolean failWatcher(Reference reference, ExitReason reason) {
        Watcher watcher;
        synchronized (this) {
            watcher = watchers.remove(reference);
        }
        if (watcher != null) {
            tellDown(reference, watcher, reason);
        }
        return watcher != null;
    }

    @Override
    public String toString() {
        return pid.toString();
    }
}
