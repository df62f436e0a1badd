package dev.pier.erlang.link;

import dev.pier.erlang.Overloaded;
import dev.pier.erlang.connection.Connection;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.connection.InboundHandler;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.EncodedSignal;
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
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection and what waits for its peer: sends signals, and delivers those that arrive to pending replies
/// and processes.
///
/// Threads: any thread may send. The connection's reader delivers, and must not be blocked.
public final class Session implements InboundHandler {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    /// In bytes: room for a call with a few small arguments.
    private static final int TYPICAL_SIGNAL_SIZE = 512;

    /// Receives the signals for processes of this node. The reader calls it.
    public interface ProcessSignals {
        /// @throws ProtocolViolation if this peer must not send the signal
        void signal(Session session, ControlMessage control, EncodedTerm payload) throws ProtocolViolation;

        /// A signal whose payload exceeded a limit and was discarded.
        ///
        /// @param head the begin of the payload
        /// @throws ProtocolViolation if this peer must not send the signal
        void oversized(Session session, ControlMessage control, EncodedTerm head, String limit)
                throws ProtocolViolation;

        /// The connection has ended.
        void lost(Session session);
    }

    private final PeerLink link;
    private final long peerFlags;
    private final Connection connection;
    private final FrameEncoder frames;
    private final Identifiers identifiers;
    private final ProcessSignals processes;
    private final PendingReplies pendingReplies;
    private final ConcurrentHashMap<Reference, MonitoredProcess> incomingMonitors = new ConcurrentHashMap<>();
    private final Pid nodePid;
    private final BatchingMode batching;
    private final AtomicBoolean batcherSought = new AtomicBoolean();
    private volatile @Nullable Pid groupLeader;
    private volatile @Nullable Pid batcher;
    private volatile boolean batcherTakesTraces;
    private volatile @Nullable Integer streamVersion;

    /// Used by the reader only.
    private boolean warnedOfDropped;

    /// @param peerFlags all flags of the peer
    /// @param connections makes the connection whose signals this session receives
    public Session(
            PeerLink link,
            long peerFlags,
            Function<InboundHandler, Connection> connections,
            Identifiers identifiers,
            ProcessSignals processes,
            LinkSettings settings) {
        this.link = link;
        this.peerFlags = peerFlags;
        this.identifiers = identifiers;
        this.processes = processes;
        this.batching = settings.batching();
        this.pendingReplies = new PendingReplies(identifiers, link.toString(), settings.maxCalls());
        this.nodePid = identifiers.nextPid();
        this.connection = connections.apply(this);
        this.frames = new FrameEncoder(connection.capabilities());
    }

    public Identifiers identifiers() {
        return identifiers;
    }

    public Connection connection() {
        return connection;
    }

    /// The peer's name; for a peer with a dynamic name the one that this node gave it.
    public Atom peer() {
        return link.peer();
    }

    /// The gate of the peer's link: for a lane, that of the lane.
    public CallGate gate() {
        return link.gate();
    }

    /// The pending replies of this connection.
    public PendingReplies pendingReplies() {
        return pendingReplies;
    }

    /// A pid of this node that belongs to no process: the sender of signals that the node itself sends.
    public Pid nodePid() {
        return nodePid;
    }

    /// The group leader for processes that are spawned on the peer, once it is known.
    public Optional<Pid> groupLeader() {
        return Optional.ofNullable(groupLeader);
    }

    public void groupLeader(Pid leader) {
        groupLeader = leader;
    }

    /// The call batcher on the peer, while there is one.
    public Optional<Pid> batcher() {
        return Optional.ofNullable(batcher);
    }

    /// Sets the call batcher; `null` once it has ended.
    public void batcher(@Nullable Pid pid) {
        batcher = pid;
    }

    /// Whether the peer has a `pier_calls` that takes the trace contexts of calls.
    public boolean takesTraces() {
        return batcherTakesTraces && batcher != null;
    }

    /// Sets whether the call batcher, which is set next, takes the trace contexts of calls.
    public void batcherTakesTraces(boolean taken) {
        batcherTakesTraces = taken;
    }

    /// The version of `pier_stream` on the peer, by which streams share this connection; 0 without the module, `null`
    /// if it is not known yet.
    public @Nullable Integer streamVersion() {
        return streamVersion;
    }

    public void streamVersion(int version) {
        streamVersion = version;
    }

    /// Whether the calling thread is to start the call batcher: true at most once per session.
    public boolean seekBatcher() {
        return batching != BatchingMode.NEVER && !batcherSought.getPlain() && batcherSought.compareAndSet(false, true);
    }

    public BatchingMode batching() {
        return batching;
    }

    /// Delivers an answer to a pending reply as the end of a monitored process is delivered, and removes the
    /// pending reply.
    public void answered(Reference reference, EncodedTerm answer) {
        PendingReply reply = pendingReplies.remove(reference);
        if (reply != null) {
            reply.on(new PendingReply.Event.Exit(answer));
        }
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
    /// @throws dev.pier.erlang.BadArgument if the payload has no Erlang form; nothing was sent
    /// @throws Overloaded if the queue is full; nothing was sent
    /// @throws ConnectionEnded if the connection has ended; nothing was sent
    public void send(ControlMessage control, Pid sender, Consumer<EtfOutput> payload) throws ConnectionEnded {
        enqueue(encoded(control, sender, payload));
    }

    /// Queues a signal without payload.
    ///
    /// @throws Overloaded if the queue is full; nothing was sent
    /// @throws ConnectionEnded if the connection has ended; nothing was sent
    public void send(ControlMessage control, Pid sender) throws ConnectionEnded {
        enqueue(frames.encode(sender, control));
    }

    private EncodedSignal encoded(ControlMessage control, Pid sender, Consumer<EtfOutput> payload) {
        EtfOutput out = new EtfOutput(TYPICAL_SIGNAL_SIZE);
        int payloadStart = frames.begin(control, out);
        payload.accept(out);
        return frames.finish(sender, out, payloadStart);
    }

    private void enqueue(EncodedSignal signal) throws ConnectionEnded {
        if (!connection.enqueue(signal)) {
            throw queueIsFull();
        }
    }

    private Overloaded queueIsFull() {
        return new Overloaded("the queue to " + link + " is full: the peer reads more slowly than this node writes"
                + " (setting erlang.limits.queue)");
    }

    /// Queues a signal without payload and writes nothing: for a caller that holds a lock, so that signals
    /// leave in the order of the changes that the lock guards. The caller calls [#flush] after it has released
    /// the lock.
    ///
    /// @throws Overloaded if the queue is full; nothing was sent
    /// @throws ConnectionEnded if the connection has ended; nothing was sent
    public void sendWithoutFlush(ControlMessage control, Pid sender) throws ConnectionEnded {
        if (!connection.enqueueWithoutFlush(frames.encode(sender, control))) {
            throw queueIsFull();
        }
    }

    /// As [#sendWithoutFlush], for a signal that the protocol requires. If the connection has ended, the signal
    /// is dropped.
    public void sendRequiredWithoutFlush(ControlMessage control, Pid sender) {
        connection.enqueueRequiredWithoutFlush(frames.encode(sender, control));
    }

    /// The same for a signal with a reason.
    public void sendRequiredWithoutFlush(ControlMessage control, Pid sender, Term payload) {
        connection.enqueueRequiredWithoutFlush(frames.encode(sender, control, payload));
    }

    /// Writes what is queued, unless another thread is writing. Never blocks; to be called without locks.
    public void flush() {
        connection.flush();
    }

    /// Queues a signal without payload that the protocol requires, even if the queue is full. If the connection
    /// has ended, the signal is dropped.
    public void sendRequired(ControlMessage control, Pid sender) {
        connection.enqueueRequired(frames.encode(sender, control));
    }

    /// The same for the reader, which writes the signal after it has processed all that it has read.
    public void sendRequiredAfterRead(ControlMessage control, Pid sender) {
        connection.enqueueRequiredAfterRead(frames.encode(sender, control));
    }

    /// The same for a signal with a message or a reason.
    public void sendRequired(ControlMessage control, Pid sender, Term payload) {
        connection.enqueueRequired(frames.encode(sender, control, payload));
    }

    /// The same with a payload that is encoded on this thread.
    ///
    /// @throws dev.pier.erlang.BadArgument if the payload has no Erlang form; nothing was sent
    public void sendRequired(ControlMessage control, Pid sender, Consumer<EtfOutput> payload) {
        connection.enqueueRequired(encoded(control, sender, payload));
    }

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
            case ControlMessage.SpawnReply answer -> {
                PendingReply reply = pendingReplies.find(answer.requestId());
                if (reply != null) {
                    reply.on(new PendingReply.Event.Spawned(answer.result()));
                }
            }
            case ControlMessage.PayloadMonitorPExit down -> answered(down.reference(), payload);
            case ControlMessage.MonitorPExit down -> {
                PendingReply reply = pendingReplies.remove(down.reference());
                if (reply != null) {
                    reply.on(new PendingReply.Event.DecodedExit(down.reason()));
                }
            }
            case ControlMessage.AliasSend toAlias -> {
                PendingReply reply = pendingReplies.find(toAlias.alias());
                if (reply != null) {
                    reply.on(new PendingReply.Event.Message(payload));
                } else {
                    // The alias of a process, which decides from which node it takes answers.
                    processes.signal(this, control, payload);
                }
            }
            default -> processes.signal(this, control, payload);
        }
    }

    /// An exit reason without a pending reply is taken in fragments too: there is no need to put it together.
    @Override
    public boolean takesFragments(ControlMessage control) {
        if (!(control instanceof ControlMessage.PayloadMonitorPExit down)) {
            return false;
        }
        PendingReply reply = pendingReplies.find(down.reference());
        return reply == null || reply.takesFragments();
    }

    @Override
    public void fragment(ControlMessage control, EncodedTerm part, long left) {
        if (control instanceof ControlMessage.PayloadMonitorPExit down) {
            PendingReply reply =
                    left == 0 ? pendingReplies.remove(down.reference()) : pendingReplies.find(down.reference());
            if (reply != null) {
                reply.on(new PendingReply.Event.Fragment(part, left));
            }
        }
    }

    @Override
    public void oversized(ControlMessage control, EncodedTerm head, String limit) throws ProtocolViolation {
        PendingReply reply = switch (control) {
            case ControlMessage.PayloadMonitorPExit down -> pendingReplies.remove(down.reference());
            case ControlMessage.AliasSend toAlias -> pendingReplies.find(toAlias.alias());
            default -> null;
        };
        if (reply != null) {
            reply.on(new PendingReply.Event.Oversized(limit));
        } else {
            dropped(limit);
            processes.oversized(this, control, head, limit);
        }
    }

    /// Logs that something from the peer was discarded: as a warning once per connection, because the peer
    /// decides how often it happens. Used by the reader only.
    ///
    /// @param what a noun phrase
    public void dropped(String what) {
        if (warnedOfDropped) {
            log.debug("Discarded data from {}: {}", link, what);
        } else {
            warnedOfDropped = true;
            log.warn("Discarded data from {}: {} (further cases on this connection are logged at debug)", link, what);
        }
    }

    @Override
    public void ended(Disconnect disconnect) {
        log(disconnect);
        link.lost(this, disconnect);
        pendingReplies.removeAll(reply -> reply.on(new PendingReply.Event.Lost(disconnect)));
        processes.lost(this);
        incomingMonitors.clear();
    }

    private void log(Disconnect disconnect) {
        switch (disconnect.blame()) {
            case PEER_GONE -> log.info("Connection to {} lost: {}", link, disconnect.reason());
            case PEER_CLOSED ->
                log.info(
                        "Connection to {} closed by the peer, as by a node that stops or by erlang:disconnect_node{}",
                        link,
                        link.isPersistent() ? "; connecting again after a pause that grows each time" : "");
            case PEER_VIOLATION ->
                log.warn(
                        "Connection to {} closed, the peer violated the protocol: {} (peer flags {})",
                        link,
                        disconnect.reason(),
                        DistFlags.hex(peerFlags));
            case OURS ->
                log.error(
                        "Connection to {} closed by an error in this node: {}",
                        link,
                        disconnect.reason(),
                        disconnect.cause());
            case LOCAL -> log.debug("Connection to {} closed: {}", link, disconnect.reason());
        }
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
