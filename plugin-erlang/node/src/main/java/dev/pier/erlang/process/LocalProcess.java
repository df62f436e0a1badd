package dev.pier.erlang.process;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.MonitoredProcess;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A process of this node as signals see it: what an exit signal does to it, and how it ends. [ProcessLinks] and
/// [ProcessMonitors] tell what ties it to others; what it does with its messages is its [ProcessBody]'s affair.
///
/// Any thread may call. One lock, the process itself, guards all of its state, links and monitors included.
public final class LocalProcess implements MonitoredProcess {
    private final ProcessTable table;
    private final Pid pid;
    private final ProcessBody body;

    private final ProcessLinks links;
    private final ProcessMonitors monitors;

    /// Guarded by `this`, as all that follows.
    private final List<Atom> names = new ArrayList<>(1);
    private boolean trapsExits;
    private volatile @Nullable ExitReason end;

    LocalProcess(ProcessTable table, Pid pid, Function<LocalProcess, ? extends ProcessBody> bodies) {
        this.table = table;
        this.pid = pid;
        this.links = new ProcessLinks(table, this);
        this.monitors = new ProcessMonitors(table, this);
        this.body = bodies.apply(this);
    }

    public Pid pid() {
        return pid;
    }

    public ProcessBody body() {
        return body;
    }

    public boolean isAlive() {
        return end == null;
    }

    /// With what reason the process has ended, if it has.
    public Optional<ExitReason> ended() {
        return Optional.ofNullable(end);
    }

    ProcessLinks links() {
        return links;
    }

    ProcessMonitors monitors() {
        return monitors;
    }

    /// Whether exit signals become messages instead of ending the process.
    public synchronized void trapExits(boolean trap) {
        trapsExits = trap;
    }

    /// @return false if the process has ended
    synchronized boolean named(Atom name) {
        if (isAlive()) {
            names.add(name);
        }
        return isAlive();
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

    /// A linked process has ended, or could not be linked.
    void linkBroke(Pid from, ExitReason reason) {
        if (!trap(from, reason) && !reason.is(ExitReason.NORMAL)) {
            end(reason);
        }
    }

    private synchronized boolean trap(Pid from, ExitReason reason) {
        if (isAlive() && trapsExits) {
            body.exit(from, reason);
        }
        return trapsExits;
    }

    /// A connection has ended: what it tied to other processes is untied.
    void connectionLost(Session session) {
        monitors.connectionLost(session);
        links.connectionLost(session);
    }

    /// The loss of a connection may have been told before something was tied to it.
    void afterTyingTo(Session session) {
        if (!session.connection().isOpen()) {
            connectionLost(session);
        }
    }

    /// A process of a peer links itself with this one.
    public void linked(Session session, Pid from) {
        links.linked(session, from);
    }

    /// A process of a peer begins to monitor this one.
    ///
    /// @param object what the monitor is set on, exactly as it arrived: a pid or a name
    public void watched(Session session, Pid from, Term object, Reference reference) {
        monitors.watched(session, from, object, reference);
    }

    @Override
    public void demonitored(Reference reference) {
        monitors.unwatched(reference);
    }

    /// A message to an alias or the reason of an end was beyond a limit; after the latter nothing more will come.
    void oversized(Reference reference, String limit) {
        if (table.alias(reference).isPresent()) {
            body.oversized(limit);
        } else {
            monitors.down(reference, ExitReason.UNREADABLE);
        }
    }

    // What the process does.

    /// Links the process with another. One that is not there, or not to be reached, gives an exit signal, as in Erlang.
    ///
    /// @throws dev.pier.erlang.Overloaded if the queue to the peer is full, or a process has all the links it may
    /// @throws IllegalStateException if this process has ended
    public void link(Pid other, long deadlineNanos) {
        links.link(other, deadlineNanos);
    }

    /// Ends a link: no exit signal comes from the other process over it any more.
    public void unlink(Pid other) {
        links.unlink(other);
    }

    /// Monitors a process. One that is not there, or not to be reached, gives its DOWN, as in Erlang.
    ///
    /// @throws dev.pier.erlang.Overloaded if too much is under way to that peer
    /// @throws IllegalStateException if this process has ended
    public Reference monitor(Pid other, long deadlineNanos) {
        return monitors.monitor(other, deadlineNanos);
    }

    /// Monitors whoever is registered under a name on a node.
    ///
    /// @throws dev.pier.erlang.Overloaded if too much is under way to that peer
    /// @throws IllegalStateException if this process has ended
    public Reference monitor(Atom name, Atom node, long deadlineNanos) {
        return monitors.monitor(name, node, deadlineNanos);
    }

    /// Ends a monitor.
    ///
    /// @return false if it has fired already, or was none
    public boolean demonitor(Reference reference) {
        return monitors.demonitor(reference);
    }

    /// Has one monitor of this process fire as if the process had ended; it lives on.
    ///
    /// @return false if there is no such monitor
    public boolean failWatcher(Reference reference, ExitReason reason) {
        return monitors.failWatcher(reference, reason);
    }

    /// @throws IllegalStateException if the process has ended
    void requireAlive() {
        if (!isAlive()) {
            throw new IllegalStateException("the process " + pid + " has ended");
        }
    }

    /// Ends the process: its names are free, its links and monitors told.
    ///
    /// @return false if it had ended before
    public boolean end(ExitReason reason) {
        Consumer<ExitReason> linked;
        Consumer<ExitReason> monitored;
        synchronized (this) {
            if (!isAlive()) {
                return false;
            }
            end = reason;
            table.remove(this, names);
            names.clear();
            linked = links.untie();
            monitored = monitors.untie();
        }
        linked.accept(reason);
        monitored.accept(reason);
        body.ended(reason);
        return true;
    }

    @Override
    public String toString() {
        return pid.toString();
    }
}
