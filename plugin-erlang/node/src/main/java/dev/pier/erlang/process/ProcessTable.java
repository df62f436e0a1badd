package dev.pier.erlang.process;

import dev.pier.erlang.NotConnected;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.link.Identifiers;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/// The processes of this node, by pid and by registered name, and its aliases. Safe for many threads; nothing here
/// waits, but for [#session], which may open a connection.
public final class ProcessTable {
    /// The way to other nodes. Implemented by the node.
    public interface Peers {
        PeerLink link(NodeName node);
    }

    private final Identifiers identifiers;
    private final DecodeLimits limits;
    private final ProcessLimits bounds;
    private final Peers peers;
    private final Map<Long, LocalProcess> processes = new ConcurrentHashMap<>();
    private final Map<Atom, LocalProcess> names = new ConcurrentHashMap<>();
    private final Map<Long, LocalProcess> aliases = new ConcurrentHashMap<>();
    private final Pid nobody;
    private volatile SpawnHandler spawnHandler = SpawnHandler.NONE;

    public ProcessTable(Identifiers identifiers, DecodeLimits limits, ProcessLimits bounds, Peers peers) {
        this.identifiers = identifiers;
        this.limits = limits;
        this.bounds = bounds;
        this.peers = peers;
        this.nobody = identifiers.nextPid();
    }

    public Identifiers identifiers() {
        return identifiers;
    }

    /// A pid that is no process: the sender of messages that nobody is to answer. It is one, so that they stay in their
    /// order.
    public Pid nobody() {
        return nobody;
    }

    /// The bounds for what processes decode.
    public DecodeLimits limits() {
        return limits;
    }

    /// What others may tie to them.
    ProcessLimits bounds() {
        return bounds;
    }

    /// Has requests of peers to start processes answered by that handler.
    public void spawnHandler(SpawnHandler handler) {
        spawnHandler = handler;
    }

    SpawnHandler spawnHandler() {
        return spawnHandler;
    }

    /// Starts a process.
    ///
    /// @param bodies makes its body; nothing reaches it before that is done
    public LocalProcess spawn(Function<LocalProcess, ? extends ProcessBody> bodies) {
        LocalProcess process = new LocalProcess(this, identifiers.nextPid(), bodies);
        processes.put(Identifiers.number(process.pid()), process);
        return process;
    }

    /// A living process. A pid of an earlier incarnation of this node is nobody's.
    public Optional<LocalProcess> find(Pid pid) {
        return identifiers.isOurs(pid) ? Optional.ofNullable(processes.get(Identifiers.number(pid))) : Optional.empty();
    }

    /// The process that is registered under that name.
    public Optional<LocalProcess> whereis(Atom name) {
        return Optional.ofNullable(names.get(name));
    }

    /// Gives a process a name.
    ///
    /// @return false if another one has it, or the process has ended
    public boolean register(Atom name, LocalProcess process) {
        return register(name, process, _ -> false);
    }

    /// Gives a process a name, also one that another process has and yields: that one goes on without it.
    ///
    /// @param yields whether the process that has the name gives it up
    /// @return false if another one has it, or the process has ended
    public boolean register(Atom name, LocalProcess process, Predicate<LocalProcess> yields) {
        LocalProcess holder = names.putIfAbsent(name, process);
        if (holder != null) {
            if (!yields.test(holder) || !names.replace(name, holder, process)) {
                return false;
            }
            holder.unnamed(name);
        }
        if (!process.named(name)) {
            names.remove(name, process);
            return false;
        }
        return true;
    }

    /// Takes a name away; the process goes on.
    public void unregister(Atom name) {
        LocalProcess process = names.remove(name);
        if (process != null) {
            process.unnamed(name);
        }
    }

    /// All processes that live now.
    Collection<LocalProcess> all() {
        return List.copyOf(processes.values());
    }

    public int count() {
        return processes.size();
    }

    void remove(LocalProcess process, List<Atom> itsNames) {
        processes.remove(Identifiers.number(process.pid()));
        itsNames.forEach(name -> names.remove(name, process));
    }

    /// Has messages to a reference of ours brought to a process, until [#removeAlias].
    public void addAlias(Reference alias, LocalProcess process) {
        aliases.put(identifiers.number(alias), process);
    }

    public void removeAlias(Reference alias) {
        aliases.remove(identifiers.number(alias));
    }

    Optional<LocalProcess> alias(Reference alias) {
        return Optional.ofNullable(aliases.get(identifiers.number(alias)));
    }

    /// Whether that is this node's name.
    public boolean isHere(Atom node) {
        return node.equals(identifiers.node());
    }

    /// The connection to a node, opened if need be; empty if there is none by then.
    Optional<Session> session(Atom node, long deadlineNanos) {
        try {
            return Optional.of(requireSession(node, deadlineNanos));
        } catch (NotConnected e) {
            return Optional.empty();
        }
    }

    /// The connection to a node, opened if need be.
    ///
    /// @throws NotConnected if there is none by then
    /// @throws dev.pier.erlang.CallCancelled if the thread is interrupted
    public Session requireSession(Atom node, long deadlineNanos) {
        NodeName name;
        try {
            name = NodeName.parse(node.name());
        } catch (IllegalArgumentException e) {
            throw new NotConnected("not connected to '" + node.name() + "': " + e.getMessage(), e);
        }
        return peers.link(name).session(deadlineNanos);
    }

    /// Ends all processes, as when the node stops.
    public void endAll() {
        all().forEach(process -> process.end(ExitReason.SHUTDOWN));
    }
}
