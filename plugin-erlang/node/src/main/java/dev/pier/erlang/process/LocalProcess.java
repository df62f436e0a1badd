package dev.pier.erlang.process;

import dev.pier.erlang.ProcessEnded;
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

/// A process of this node as signals see it: the effect of exit signals, its links and monitors, and its end.
/// Its [ProcessBody] handles the messages.
///
/// Threads: any. One lock guards all of its state, links and monitors included. Signals to peers are queued
/// under the lock where their order matters, and always written after it.
public final class LocalProcess implements MonitoredProcess {
    private final ProcessTable table;
    private final Pid pid;
    private final ProcessBody body;
    private final Object lock = new Object();

    private final ProcessLinks links;
    private final OutgoingMonitors outgoingMonitors;
    private final IncomingMonitors incomingMonitors;

    /// Guarded by `lock`, as the next.
    private final List<Atom> names = new ArrayList<>(1);

    private boolean trapsExits;

    /// Written under `lock`.
    private volatile @Nullable ExitReason end;

    LocalProcess(ProcessTable table, Pid pid, Function<LocalProcess, ? extends ProcessBody> bodies) {
        this.table = table;
        this.pid = pid;
        this.links = new ProcessLinks(table, this, lock);
        this.outgoingMonitors = new OutgoingMonitors(table, this, lock);
        this.incomingMonitors = new IncomingMonitors(table, this, lock);
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

    /// The exit reason; empty while the process is alive.
    public Optional<ExitReason> exitReason() {
        return Optional.ofNullable(end);
    }

    /// The state of the process now.
    public ProcessSnapshot snapshot() {
        ProcessSnapshot.Activity activity = body.activity();
        synchronized (lock) {
            return new ProcessSnapshot(
                    List.copyOf(names),
                    trapsExits,
                    links.active(),
                    outgoingMonitors.objects(),
                    incomingMonitors.watchers(),
                    activity);
        }
    }

    ProcessLinks links() {
        return links;
    }

    /// The processes that this one is linked with.
    public List<Pid> linked() {
        return links.active();
    }

    OutgoingMonitors outgoingMonitors() {
        return outgoingMonitors;
    }

    IncomingMonitors incomingMonitors() {
        return incomingMonitors;
    }

    /// Sets whether exit signals become messages instead of ending the process.
    public void trapExits(boolean trap) {
        synchronized (lock) {
            trapsExits = trap;
        }
    }

    /// @return false if the process has ended
    boolean addName(Atom name) {
        synchronized (lock) {
            if (isAlive()) {
                names.add(name);
            }
            return isAlive();
        }
    }

    void removeName(Atom name) {
        synchronized (lock) {
            names.remove(name);
        }
    }

    // Signals that arrive. Called by readers, and by processes of this node.

    void message(EncodedTerm message) {
        body.message(message);
    }

    void message(Session session, EncodedTerm message) {
        body.message(session, message);
    }

    void oversized(Session session, EncodedTerm head, String limit) {
        body.oversized(session, head, limit);
    }

    /// Delivers a message to a reference by which this process monitors, if that is an alias, too: of this
    /// process, or of another.
    void aliasMessage(Reference reference, EncodedTerm message) {
        table.alias(reference).ifPresent(process -> process.message(message));
    }

    /// Another process has called `exit(Pid, Reason)`. SPEC: erlang:exit/2.
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

    private boolean trap(Pid from, ExitReason reason) {
        boolean taken;
        synchronized (lock) {
            if (!trapsExits) {
                return false;
            }
            taken = !isAlive() || body.exit(from, reason);
        }
        if (!taken) {
            body.overflowed();
        }
        return true;
    }

    /// Breaks the links and ends the incoming monitors over a connection that has ended. The session reports
    /// the end of the outgoing monitors.
    void connectionLost(Session session) {
        incomingMonitors.connectionLost(session);
        links.connectionLost(session);
    }

    /// To be called after a link or monitor over that connection has been added: its loss may have been
    /// reported before.
    void checkConnection(Session session) {
        if (!session.connection().isOpen()) {
            connectionLost(session);
        }
    }

    /// A process of a peer links with this one.
    public void linkedByPeer(Session session, Pid from) {
        links.linkedByPeer(session, from);
    }

    /// A process of a peer begins to monitor this one.
    ///
    /// @param object the monitored pid or name, exactly as it arrived
    public void monitored(Session session, Pid from, Term object, Reference reference) {
        incomingMonitors.add(session, from, object, reference);
    }

    @Override
    public void demonitored(Reference reference) {
        incomingMonitors.remove(reference);
    }

    /// A message to an alias or the reason in a `DOWN` was discarded because of a limit. In the latter case the
    /// monitor has ended.
    void oversized(Reference reference, String limit) {
        if (table.alias(reference).isPresent()) {
            body.oversized(limit);
        } else {
            outgoingMonitors.down(reference, ExitReason.UNREADABLE);
        }
    }

    // What the process does.

    /// Links the process with another. One that does not exist or cannot be reached gives an exit signal, as in
    /// Erlang.
    ///
    /// @throws dev.pier.erlang.Overloaded if the queue to the peer is full, or a process has its maximum of
    ///     links
    /// @throws ProcessEnded if this process has ended
    public void link(Pid other, long deadlineNanos) {
        links.link(other, deadlineNanos);
    }

    /// Ends a link: exit signals of the other process over it have no effect any more.
    public void unlink(Pid other) {
        links.unlink(other);
    }

    /// Monitors a process. One that does not exist or cannot be reached gives its `DOWN`, as in Erlang.
    ///
    /// @throws dev.pier.erlang.UnsupportedByPeer if the peer offers no monitors; nothing was sent
    /// @throws dev.pier.erlang.Overloaded if the queue to the peer is full, or too many calls and monitors are
    ///     pending
    /// @throws ProcessEnded if this process has ended
    public Reference monitor(Pid other, long deadlineNanos) {
        return outgoingMonitors.monitor(other, deadlineNanos);
    }

    /// Monitors the process registered under a name on a node, as [#monitor(Pid, long)].
    public Reference monitor(Atom name, Atom node, long deadlineNanos) {
        return outgoingMonitors.monitor(name, node, deadlineNanos);
    }

    /// Ends a monitor.
    ///
    /// @return false if it has fired already, or does not exist
    public boolean demonitor(Reference reference) {
        return outgoingMonitors.demonitor(reference);
    }

    /// Reports the end of this process to one of its incoming monitors, though it lives on.
    ///
    /// @return false if there is no such monitor
    public boolean failMonitor(Reference reference, ExitReason reason) {
        return incomingMonitors.fail(reference, reason);
    }

    /// @throws ProcessEnded if the process has ended
    void requireAlive() {
        ExitReason reason = end;
        if (reason != null) {
            throw new ProcessEnded("the process " + pid + " has ended", reason.term());
        }
    }

    /// Ends the process: frees its names, and signals its end over its links and monitors.
    ///
    /// @return false if it had ended before
    public boolean end(ExitReason reason) {
        Consumer<ExitReason> toLinks;
        Consumer<ExitReason> toIncomingMonitors;
        Runnable toOutgoingMonitors;
        synchronized (lock) {
            if (!isAlive()) {
                return false;
            }
            end = reason;
            table.remove(this, names);
            names.clear();
            toLinks = links.end();
            toIncomingMonitors = incomingMonitors.end();
            toOutgoingMonitors = outgoingMonitors.end();
        }
        toLinks.accept(reason);
        toIncomingMonitors.accept(reason);
        toOutgoingMonitors.run();
        body.ended(reason);
        return true;
    }

    @Override
    public String toString() {
        return pid.toString();
    }
}
