package dev.pier.erlang.node;

import dev.pier.erlang.connection.Connection;
import dev.pier.erlang.connection.SocketTransport;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.Creations;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdRegistration;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.epmd.NodeType;
import dev.pier.erlang.handshake.AcceptDecision;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.HandshakeResult;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.PeerHello;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.link.BulkLanes;
import dev.pier.erlang.link.DynamicNames;
import dev.pier.erlang.link.Identifiers;
import dev.pier.erlang.link.NodeListener;
import dev.pier.erlang.link.NodeThreads;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.link.StreamSignalDispatcher;
import dev.pier.erlang.link.TcpDialer;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.process.SignalDispatcher;
import dev.pier.erlang.served.CallLimiter;
import dev.pier.erlang.served.ServedCalls;
import dev.pier.erlang.served.ServedFunctions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One Erlang node: its identity, its port and name at EPMD, its processes, and its links to other nodes. Safe for
/// many threads.
///
/// Threads: one that accepts, if it listens, and two for each connection; the timer is the runtime's
/// ([NodeThreads]).
public final class LocalNode implements NodeListener.Host, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LocalNode.class);

    /// Above this number of links, idle ones to nodes that are not configured are forgotten.
    private static final int MAX_IDLE_LINKS = 10_000;

    private final NodeSettings settings;
    private final Cookie cookie;
    private final int creation;
    private final @Nullable NodeListener listener;
    private final @Nullable EpmdRegistration registration;
    private final Identifiers identifiers;
    private final ProcessTable processes;
    private final Session.ProcessSignals signals;
    private final NodeLocator locator;
    private final PeerLink.Dialer dialer;
    private final Map<NodeName, PeerLink> links = new ConcurrentHashMap<>();
    private final NodeThreads threads;
    private final DynamicNames dynamicNames = new DynamicNames();
    private volatile boolean closed;

    private LocalNode(
            NodeSettings settings,
            Cookie cookie,
            @Nullable NodeListener listener,
            @Nullable EpmdRegistration registration,
            NodeLocator locator,
            NodeThreads threads) {
        this.settings = settings;
        this.cookie = cookie;
        this.listener = listener;
        this.registration = registration;
        this.creation = registration == null ? Creations.random() : registration.creation();
        this.identifiers = new Identifiers(settings.name().atom(), creation);
        this.processes =
                new ProcessTable(identifiers, settings.link().connection().decode(), settings.processes(), this::link);
        this.signals = new SignalDispatcher(processes);
        this.locator = locator;
        this.dialer = new TcpDialer(settings.name(), identity(), cookie, settings.link(), locator, this::establish);
        this.threads = threads;
    }

    /// Opens a node: reserves its port, registers its name, and lets other nodes connect once it serves calls.
    ///
    /// @param locator finds the peers' addresses
    /// @param threads outlive the node
    /// @param functions what Erlang may call
    /// @throws IOException if the address cannot be listened on, or the name is taken
    static LocalNode open(
            NodeSettings settings,
            Cookie cookie,
            EpmdClient epmd,
            NodeLocator locator,
            NodeThreads threads,
            ServedFunctions functions,
            CallLimiter limiter)
            throws IOException {
        InetSocketAddress address = settings.listen();
        NodeListener listener = address == null ? null : NodeListener.bind(address);
        EpmdRegistration registration = null;
        LocalNode node = null;
        try {
            if (listener != null && settings.epmd().register()) {
                registration = epmd.register(settings.name().alive(), listener.port(), NodeType.HIDDEN);
            }
            node = new LocalNode(settings, cookie, listener, registration, locator, threads);
            ServedCalls.start(node.processes(), functions, limiter);
            if (listener != null) {
                listener.start(node.identity(), cookie, settings.link(), threads.connections(), node);
            }
            return node;
        } catch (Throwable t) {
            closeAll(registration, listener, node);
            throw t;
        }
    }

    private static void closeAll(@Nullable AutoCloseable... opened) {
        for (AutoCloseable resource : opened) {
            try {
                if (resource != null) {
                    resource.close();
                }
            } catch (Exception e) {
                log.warn("Closing {} failed", resource, e);
            }
        }
    }

    private Identity identity() {
        return Identity.of(settings.name(), creation, DistFlags.OURS);
    }

    /// The port at which the node listens; `null` if it does not.
    public @Nullable Integer port() {
        return listener == null ? null : listener.port();
    }

    /// Whether other nodes find this one by its name at EPMD; `null` if it is not to be registered.
    public @Nullable Boolean isRegistered() {
        return registration == null ? null : registration.isRegistered();
    }

    /// Whether the node's name is registered again when EPMD has lost it.
    boolean keepsRegistration() {
        return registration == null || registration.isKept();
    }

    /// The incoming connections that were refused; `null` if the node does not listen.
    public NodeListener.@Nullable Refusals refusals() {
        return listener == null ? null : listener.refusals();
    }

    public NodeName name() {
        return settings.name();
    }

    /// The processes of this node.
    public ProcessTable processes() {
        return processes;
    }

    /// Which incarnation of the node this is, as pids and references carry it.
    public int creation() {
        return creation;
    }

    /// The link to a peer whose connection is reopened after a loss.
    public PeerLink persistentLink(NodeName peer) {
        return links.computeIfAbsent(peer, name -> newLink(name, true));
    }

    /// The link to a peer whose connection is opened on demand only.
    public PeerLink link(NodeName peer) {
        forgetIdleLinks();
        return links.computeIfAbsent(peer, name -> newLink(name, false));
    }

    /// The links to all peers that are or have been connected.
    public List<PeerLink> links() {
        return List.copyOf(links.values());
    }

    /// Keeps nodes with single-use names from filling the table.
    private void forgetIdleLinks() {
        if (links.size() >= MAX_IDLE_LINKS) {
            links.values().removeIf(PeerLink::isForgettable);
        }
    }

    private PeerLink newLink(NodeName peer, boolean persistent) {
        BulkLanes lanes = new BulkLanes(peer.toString(), settings.link().bulk(), number -> newLane(peer, number));
        PeerLink link = new PeerLink(peer, identifiers.node(), persistent, dialer, threads.timer(), lanes);
        if (closed) {
            link.close();
        }
        return link;
    }

    /// A new lane. The peer sees each lane as a node of its own, because two nodes have one connection to each
    /// other; no other node knows its name.
    private BulkLane newLane(NodeName peer, int number) {
        NodeName name = new NodeName(
                settings.name().alive() + "-bulk" + number, settings.name().host());
        int creation = Creations.random();
        Identifiers own = new Identifiers(name.atom(), creation);
        StreamSignalDispatcher laneSignals = new StreamSignalDispatcher(signals);
        PeerLink.Dialer lane = new TcpDialer(
                settings.name(),
                Identity.of(name, creation, DistFlags.OURS),
                cookie,
                settings.link(),
                locator,
                (link, channel, handshake) -> establish(link, channel, handshake, name, own, laneSignals));
        return new BulkLane(
                new PeerLink(peer, own.node(), false, lane, threads.timer(), BulkLanes.NONE),
                laneSignals,
                settings.link().bulk().idle(),
                threads.timer());
    }

    /// Decides about a peer that connects.
    @Override
    public AcceptDecision admit(PeerHello hello) {
        if (hello.wantsName()) {
            AcceptDecision.Named named = dynamicNames.next(hello.host());
            return isAllowed(named.name()) ? named : new AcceptDecision.NotAllowed();
        }
        NodeName peer = hello.node().orElseThrow();
        return peer.equals(name()) || !isAllowed(peer)
                ? new AcceptDecision.NotAllowed()
                : link(peer).incoming();
    }

    private boolean isAllowed(NodeName peer) {
        boolean allowed = settings.allowed().allows(peer);
        if (!allowed) {
            log.info("{} may not connect (setting erlang.listen.allow)", peer);
        }
        return allowed;
    }

    /// Takes a connection that a peer has opened and authenticated.
    @Override
    public void adopt(SocketChannel channel, HandshakeResult handshake) throws IOException {
        PeerLink link = link(handshake.peer());
        link.adopt(establish(link, channel, handshake));
    }

    /// Makes a connection of a socket whose handshake is done, and starts it.
    Session establish(PeerLink link, SocketChannel channel, HandshakeResult handshake) throws IOException {
        return establish(link, channel, handshake, settings.name(), identifiers, signals);
    }

    private Session establish(
            PeerLink link,
            SocketChannel channel,
            HandshakeResult handshake,
            NodeName self,
            Identifiers identities,
            Session.ProcessSignals takers)
            throws IOException {
        SocketTransport transport = new SocketTransport(channel);
        Session session = new Session(
                link,
                handshake.peerFlags(),
                handler -> new Connection(
                        self + "-" + handshake.peer(),
                        transport,
                        handshake.capabilities(),
                        settings.link().connection(),
                        handler),
                identities,
                takers,
                settings.link());
        try {
            session.connection().start(threads.connections(), threads.timer());
        } catch (RejectedExecutionException e) {
            throw new IOException("this node has been stopped", e);
        }
        log.debug(
                "{}: {} connection with flags {}",
                handshake.peer(),
                handshake.peerHidden() ? "hidden" : "visible",
                handshake.capabilities());
        return session;
    }

    /// Ends all processes and closes all connections: the peers see `noconnection`. Idempotent.
    @Override
    public void close() {
        closed = true;
        closeAll(registration, listener);
        processes.endAll();
        links.values().forEach(PeerLink::close);
    }
}
