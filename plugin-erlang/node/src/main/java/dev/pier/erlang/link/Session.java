package dev.pier.erlang.link;

import dev.pier.erlang.Overloaded;
import dev.pier.erlang.connection.Connection;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.connection.InboundHandler;
import dev.pier.erlang.connection.Outbound;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.FrameEncoder;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection as the node uses it: sends signals, and brings what arrives to whom it is for.
///
/// Any thread sends; the connection's reader delivers, and must not be kept waiting.
public final class Session implements InboundHandler {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    /// Room for a call with a few small arguments.
    private static final int TYPICAL_BYTES = 512;

    /// Takes the signals that are for processes rather than for references. Called by the reader.
    public interface ProcessSignals {
        /// @throws ProtocolViolation if this peer must not send it
        void signal(Session session, ControlMessage control, EncodedTerm payload) throws ProtocolViolation;

        /// A signal whose payload was beyond a limit, and is gone.
        ///
        /// @throws ProtocolViolation if this peer must not send it
        void oversized(Session session, ControlMessage control, String limit) throws ProtocolViolation;

        /// The connection has ended.
        void lost(Session session);
    }

    private final PeerLink link;
    private final long peerFlags;
    private final Connection connection;
    private final FrameEncoder frames;
    private final Identifiers identifiers;
    private final ProcessSignals processes;
    private final int maxHolders;
    private final ConcurrentHashMap<Long, PendingReply> holders = new ConcurrentHashMap<>();
    private final AtomicInteger holderCount = new AtomicInteger();
    private final ConcurrentHashMap<Reference, MonitoredProcess> incomingMonitors = new ConcurrentHashMap<>();
    private final Pid nobody;
    private final BatchingMode callHelperUse;
    private final AtomicBoolean callHelperSought = new AtomicBoolean();
    private volatile @Nullable Pid groupLeader;
    private volatile @Nullable Pid callHelper;

    /// For the reader only.
    private boolean warnedOfDropped;

    /// @param peerFlags what the peer said it can do
    /// @param connections makes the connection whose signals this session takes
    /// @param maxHolders how many calls and monitors may be under way at once
    /// @param callHelperUse whether calls may go through a helper on the peer
    public Session(
            PeerLink link,
            long peerFlags,
            Function<InboundHandler, Connection> connections,
            Identifiers identifiers,
            ProcessSignals processes,
            int maxHolders,
            BatchingMode callHelperUse) {
        this.link = link;
        this.peerFlags = peerFlags;
        this.identifiers = identifiers;
        this.processes = processes;
        this.maxHolders = maxHolders;
        this.callHelperUse = callHelperUse;
        this.nobody = identifiers.nextPid();
        this.connection = connections.apply(this);
        this.frames = new FrameEncoder(connection.capabilities());
    }

    public Identifiers identifiers() {
        return identifiers;
    }

    public Connection connection() {
        return connection;
    }

    /// The peer's name, which for a node without one is the name that it was given.
    public Atom peer() {
        return link.peer();
    }

    /// A pid of ours that is no process: the sender of signals that come from the node itself.
    public Pid nobody() {
        return nobody;
    }

    /// Whose terminal the processes that we spawn print to, if it is known by now.
    public Optional<Pid> groupLeader() {
        return Optional.ofNullable(groupLeader);
    }

    public void groupLeader(Pid leader) {
        groupLeader = leader;
    }

    /// The process on the peer that runs our calls, while there is one.
    public Optional<Pid> callHelper() {
        return Optional.ofNullable(callHelper);
    }

    /// Tells that process; `null` once it has ended.
    public void callHelper(@Nullable Pid helper) {
        callHelper = helper;
    }

    /// Whether the calling thread is to look for such a process: true once in a connection's life, if at all.
    public boolean seekCallHelper() {
        return callHelperUse != BatchingMode.NEVER
                && !callHelperSought.getPlain()
                && callHelperSought.compareAndSet(false, true);
    }

    public BatchingMode callHelperUse() {
        return callHelperUse;
    }

    /// How many calls and monitors wait for the peer.
    public int holderCount() {
        return holderCount.get();
    }

    /// Has reports for a reference brought to its holder, until it is released, the process it monitors has ended, or
    /// the connection is lost.
    ///
    /// @throws Overloaded if too many wait already
    /// @throws ConnectionEnded if the connection has ended
    public void hold(Reference reference, PendingReply holder) throws ConnectionEnded {
        if (holder.isCounted() && holderCount.incrementAndGet() > maxHolders) {
            holderCount.decrementAndGet();
            throw new Overloaded(maxHolders + " calls to " + link + " are under way (setting erlang.limits.calls)");
        }
        holders.put(identifiers.number(reference), holder);
        if (!connection.isOpen() && release(reference)) {
            // `ended` may have been through the table before the holder was in it.
            throw new ConnectionEnded();
        }
    }

    /// Ends that.
    ///
    /// @return whether the reference was still held
    public boolean release(Reference reference) {
        return take(reference) != null;
    }

    private @Nullable PendingReply take(Reference reference) {
        return take(identifiers.number(reference));
    }

    private @Nullable PendingReply take(Long number) {
        PendingReply holder = holders.remove(number);
        if (holder != null && holder.isCounted()) {
            holderCount.decrementAndGet();
        }
        return holder;
    }

    private @Nullable PendingReply find(Reference reference) {
        return holders.get(identifiers.number(reference));
    }

    /// Brings an answer to the holder of a reference, as the end of a monitored process does.
    public void answered(Reference reference, EncodedTerm answer) {
        PendingReply holder = take(reference);
        if (holder != null) {
            holder.down(answer);
        }
    }

    /// Goes through all that wait, now and without those that come meanwhile.
    public void forEachHolder(Consumer<PendingReply> action) {
        holders.values().forEach(action);
    }

    /// Registers a monitor that the peer has set on a process of this node.
    ///
    /// @return false if there are `max` of them already, or the reference is in use
    public boolean addIncomingMonitor(Reference reference, MonitoredProcess process, int max) {
        return incomingMonitors.size() < max && incomingMonitors.putIfAbsent(reference, process) == null;
    }

    /// Removes a monitor that the peer has set.
    ///
    /// @return the process that it was set on; `null` if there is no such monitor
    @Nullable
    public MonitoredProcess removeIncomingMonitor(Reference reference) {
        return incomingMonitors.remove(reference);
    }

    /// Encodes a signal on this thread and queues it.
    ///
    /// @param payload writes the message, reason or arguments
    /// @throws dev.pier.erlang.BadArgument if that has no Erlang form; nothing was sent
    /// @throws Overloaded if the queue is full; nothing was sent
    /// @throws ConnectionEnded if the connection has ended; nothing was sent
    public void send(ControlMessage control, Pid sender, Consumer<EtfOutput> payload) throws ConnectionEnded {
        EtfOutput out = new EtfOutput(TYPICAL_BYTES);
        int payloadStart = frames.begin(control, out);
        payload.accept(out);
        offer(new QueuedSignal(sender, frames.finish(out, payloadStart)));
    }

    /// Queues a signal without payload.
    ///
    /// @throws Overloaded if the queue is full; nothing was sent
    /// @throws ConnectionEnded if the connection has ended; nothing was sent
    public void send(ControlMessage control, Pid sender) throws ConnectionEnded {
        offer(new QueuedSignal(sender, frames.encode(control)));
    }

    private void offer(Outbound signal) throws ConnectionEnded {
        if (!connection.offer(signal)) {
            throw queueIsFull();
        }
    }

    private Overloaded queueIsFull() {
        return new Overloaded("the queue to " + link + " is full: the peer reads more slowly than we write"
                + " (setting erlang.limits.queue)");
    }

    /// Queues a signal without payload and writes nothing: for a caller that holds a lock, so that signals leave in
    /// the order of the changes that the lock guards. The caller calls [#flush] once it has released the lock.
    ///
    /// @throws Overloaded if the queue is full; nothing was sent
    /// @throws ConnectionEnded if the connection has ended; nothing was sent
    public void sendWithoutFlush(ControlMessage control, Pid sender) throws ConnectionEnded {
        if (!connection.offerWithoutFlush(new QueuedSignal(sender, frames.encode(control)))) {
            throw queueIsFull();
        }
    }

    /// As [#sendWithoutFlush], for a signal that the protocol requires; dropped if the connection has ended.
    public void demandWithoutFlush(ControlMessage control, Pid sender) {
        connection.demandWithoutFlush(new QueuedSignal(sender, frames.encode(control)));
    }

    /// The same for a signal with a reason.
    public void demandWithoutFlush(ControlMessage control, Pid sender, Term payload) {
        connection.demandWithoutFlush(new QueuedSignal(sender, frames.encode(control, payload)));
    }

    /// Writes what is queued, unless another thread is writing. Never waits; to be called without locks.
    public void flush() {
        connection.flush();
    }

    /// Queues a signal without payload that the protocol owes the peer; dropped if the connection has ended, as
    /// Erlang does.
    public void demand(ControlMessage control, Pid sender) {
        connection.demand(new QueuedSignal(sender, frames.encode(control)));
    }

    /// The same for the connection's reader, which writes it once it has dealt with all that it has read.
    public void demandSoon(ControlMessage control, Pid sender) {
        connection.demandSoon(new QueuedSignal(sender, frames.encode(control)));
    }

    /// The same for a signal with a message or a reason.
    public void demand(ControlMessage control, Pid sender, Term payload) {
        connection.demand(new QueuedSignal(sender, frames.encode(control, payload)));
    }

    /// The same with a payload that is written on this thread.
    ///
    /// @throws dev.pier.erlang.BadArgument if it has no Erlang form; nothing was sent
    public void demand(ControlMessage control, Pid sender, Consumer<EtfOutput> payload) {
        EtfOutput out = new EtfOutput(TYPICAL_BYTES);
        int payloadStart = frames.begin(control, out);
        payload.accept(out);
        connection.demand(new QueuedSignal(sender, frames.finish(out, payloadStart)));
    }

    /// Closes the connection.
    public void close(String reason) {
        connection.close(reason);
    }

    /// What ended the connection, if it has ended.
    @Nullable
    Disconnect disconnect() {
        return connection.disconnect();
    }

    @Override
    public void signal(ControlMessage control, EncodedTerm payload) throws ProtocolViolation {
        switch (control) {
            case ControlMessage.SpawnReply reply -> {
                PendingReply holder = find(reply.requestId());
                if (holder != null) {
                    holder.spawned(reply);
                }
            }
            case ControlMessage.PayloadMonitorPExit down -> answered(down.reference(), payload);
            case ControlMessage.MonitorPExit down -> {
                PendingReply holder = take(down.reference());
                if (holder != null) {
                    holder.down(down.reason());
                }
            }
            case ControlMessage.AliasSend toAlias -> {
                PendingReply holder = find(toAlias.alias());
                if (holder != null) {
                    holder.message(payload);
                } else {
                    // The answer of somebody else than the one who was asked comes over another connection.
                    processes.signal(this, control, payload);
                }
            }
            default -> processes.signal(this, control, payload);
        }
    }

    /// An exit reason that nobody waits for any more need not be put together either.
    @Override
    public boolean takesFragments(ControlMessage control) {
        if (!(control instanceof ControlMessage.PayloadMonitorPExit down)) {
            return false;
        }
        PendingReply holder = find(down.reference());
        return holder == null || holder.takesFragments();
    }

    @Override
    public void fragment(ControlMessage control, EncodedTerm part, long left) {
        if (control instanceof ControlMessage.PayloadMonitorPExit down) {
            PendingReply holder = left == 0 ? take(down.reference()) : find(down.reference());
            if (holder != null) {
                holder.fragment(part, left);
            }
        }
    }

    @Override
    public void oversized(ControlMessage control, String limit) throws ProtocolViolation {
        PendingReply holder = switch (control) {
            case ControlMessage.PayloadMonitorPExit down -> take(down.reference());
            case ControlMessage.AliasSend toAlias -> find(toAlias.alias());
            default -> null;
        };
        if (holder != null) {
            holder.oversized(limit);
        } else {
            dropped(limit);
            processes.oversized(this, control, limit);
        }
    }

    /// Something from the peer was thrown away, and nobody waits for it. Warned of once a connection: how often it
    /// happens is the peer's choice. For the reader only.
    ///
    /// @param what a sentence without a subject
    public void dropped(String what) {
        if (warnedOfDropped) {
            log.debug("{}: dropped {}", link, what);
        } else {
            warnedOfDropped = true;
            log.warn("{}: dropped {} (further ones on this connection are not told)", link, what);
        }
    }

    @Override
    public void ended(Disconnect disconnect) {
        log(disconnect);
        link.lost(this, disconnect);
        for (Long number : holders.keySet()) {
            PendingReply holder = take(number);
            if (holder != null) {
                holder.lost(disconnect);
            }
        }
        processes.lost(this);
        incomingMonitors.clear();
    }

    private void log(Disconnect disconnect) {
        switch (disconnect.blame()) {
            case PEER_GONE -> log.info("Connection to {} lost: {}", link, disconnect.reason());
            case PEER_VIOLATION ->
                log.warn(
                        "Connection to {} (flags {}) closed, for the peer broke the rules: {}",
                        link,
                        DistFlags.hex(peerFlags),
                        disconnect.reason());
            case OURS -> log.error("Connection to {} lost: {}", link, disconnect.reason(), disconnect.cause());
            case LOCAL -> log.debug("Connection to {} closed: {}", link, disconnect.reason());
        }
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
