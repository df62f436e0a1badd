package dev.pier.erlang.process;

import dev.pier.erlang.NotConnected;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The processes of this node by pid and by registered name, and its aliases.
///
/// Threads: any. Only [#session] and [#requireSession] wait: they may open a connection.
public final class ProcessTable {
    /// The links to other nodes.
    public interface Peers {
        PeerLink link(NodeName node);
    }

    private final Identifiers identifiers;
    private final DecodeLimits decodeLimits;
    private final ProcessLimits processLimits;
    private final Peers peers;
    private final Map<Long, LocalProcess> processes = new ConcurrentHashMap<>();
    private final Map<Atom, LocalProcess> names = new ConcurrentHashMap<>();
    private final Map<Long, LocalProcess> aliases = new ConcurrentHashMap<>();
    private final Pid anonymousSender;
    private volatile SpawnHandler spawnHandler = SpawnHandler.NONE;
    private volatile boolean introspection;

    public ProcessTable(Identifiers identifiers, DecodeLimits decodeLimits, ProcessLimits processLimits, Peers peers) {
        this.identifiers = identifiers;
        this.decodeLimits = decodeLimits;
        this.processLimits = processLimits;
        this.peers = peers;
        this.anonymousSender = identifiers.nextPid();
    }

    public Identifiers identifiers() {
        return identifiers;
    }

    /// The sender of messages that expect no answer: a pid without a process. It is always the same, so that
    /// these messages stay in their order.
    public Pid anonymousSender() {
        return anonymousSender;
    }

    /// The limits for what processes decode.
    public DecodeLimits decodeLimits() {
        return decodeLimits;
    }

    ProcessLimits processLimits() {
        return processLimits;
    }

    /// Sets the handler of spawn requests; before that, each is answered with `notsup`.
    public void spawnHandler(SpawnHandler handler) {
        spawnHandler = handler;
    }

    /// Lets processes answer `sys:get_status` and `sys:get_state`.
    public void allowIntrospection() {
        introspection = true;
    }

    /// Whether processes answer `sys:get_status` and `sys:get_state`.
    public boolean allowsIntrospection() {
        return introspection;
    }

    SpawnHandler spawnHandler() {
        return spawnHandler;
    }

    /// Starts a process.
    ///
    /// @param bodies makes its body; no signal reaches the process before that
    public LocalProcess spawn(Function<LocalProcess, ? extends ProcessBody> bodies) {
        LocalProcess process = new LocalProcess(this, identifiers.nextPid(), bodies);
        processes.put(Identifiers.number(process.pid()), process);
        return process;
    }

    /// The living process with that pid. A pid of an earlier incarnation of this node has none.
    public Optional<LocalProcess> find(Pid pid) {
        return identifiers.isOurs(pid) ? Optional.ofNullable(processes.get(Identifiers.number(pid))) : Optional.empty();
    }

    /// The process that is registered under that name.
    public Optional<LocalProcess> whereis(Atom name) {
        return Optional.ofNullable(names.get(name));
    }

    /// Delivers a message to the process that is registered under a name.
    ///
    /// @param session the connection that brought it; `null` for one of this node
    /// @return false if there is no such process
    public boolean send(@Nullable Session session, Atom name, EncodedTerm message) {
        LocalProcess process = names.get(name);
        if (process == null) {
            return false;
        }
        if (session == null) {
            process.message(message);
        } else {
            process.message(session, message);
        }
        return true;
    }

    /// Registers a process under a name.
    ///
    /// @return false if another process has the name, or this one has ended
    public boolean register(Atom name, LocalProcess process) {
        return register(name, process, _ -> false);
    }

    /// Registers a process under a name, possibly in place of another process, which goes on without the name.
    ///
    /// @param yields whether the process that has the name gives it up
    /// @return false if another process has the name, or this one has ended
    public boolean register(Atom name, LocalProcess process, Predicate<LocalProcess> yields) {
        LocalProcess holder = names.putIfAbsent(name, process);
        if (holder != null) {
            if (!yields.test(holder) || !names.replace(name, holder, process)) {
                return false;
            }
            holder.removeName(name);
        }
        if (!process.addName(name)) {
            names.remove(name, process);
            return false;
        }
        return true;
    }

    /// The names under which processes are registered.
    public Set<Atom> names() {
        return Set.copyOf(names.keySet());
    }

    /// All living processes.
    public Collection<LocalProcess> all() {
        return List.copyOf(processes.values());
    }

    public int count() {
        return processes.size();
    }

    void remove(LocalProcess process, List<Atom> itsNames) {
        processes.remove(Identifiers.number(process.pid()));
        itsNames.forEach(name -> names.remove(name, process));
    }

    /// Directs messages to one of this node's references to a process, until [#removeAlias].
    public void addAlias(Reference alias, LocalProcess process) {
        aliases.put(identifiers.number(alias), process);
    }

    public void removeAlias(Reference alias) {
        aliases.remove(identifiers.number(alias));
    }

    Optional<LocalProcess> alias(Reference alias) {
        return Optional.ofNullable(aliases.get(identifiers.number(alias)));
    }

    /// Whether that is the name of this node.
    public boolean isLocal(Atom node) {
        return node.equals(identifiers.node());
    }

    /// The connection to a node, opened if necessary; empty if there is none by the deadline.
    Optional<Session> session(Atom node, long deadlineNanos) {
        try {
            return Optional.of(requireSession(node, deadlineNanos));
        } catch (NotConnected e) {
            return Optional.empty();
        }
    }

    /// The link to another node.
    ///
    /// @throws IllegalArgumentException if that is no node name
    public PeerLink link(Atom node) {
        return peers.link(NodeName.parse(node.name()));
    }

    /// The connection to a node, opened if necessary.
    ///
    /// @throws NotConnected if there is none by the deadline
    /// @throws dev.pier.erlang.CallCancelled if the thread is interrupted
    public Session requireSession(Atom node, long deadlineNanos) {
        NodeName name;
        try {
            name = NodeName.parse(node.name());
        } catch (IllegalArgumentException e) {
            throw new NotConnected("not connected to " + node + ": " + e.getMessage(), e);
        }
        return peers.link(name).session(deadlineNanos);
    }

    /// Ends all processes with the reason `shutdown`, as the node stops.
    public void endAll() {
        all().forEach(process -> process.end(ExitReason.SHUTDOWN));
    }
}
