package dev.pier.erlang.node;

import dev.pier.erlang.connection.Connection;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.Creations;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdRegistration;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.epmd.NodeType;
import dev.pier.erlang.handshake.AcceptDecision;
import dev.pier.erlang.handshake.Cookies;
import dev.pier.erlang.handshake.DynamicNames;
import dev.pier.erlang.handshake.HandshakeResult;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.PeerHello;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.link.BulkLanes;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.link.Identifiers;
import dev.pier.erlang.link.NodeListener;
import dev.pier.erlang.link.NodeThreads;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.RateLimitedLog;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.link.StreamSignalDispatcher;
import dev.pier.erlang.link.TcpDialer;
import dev.pier.erlang.peer.DrainRequests;
import dev.pier.erlang.peer.PeerEvents;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.process.SignalDispatcher;
import dev.pier.erlang.served.CallLimiter;
import dev.pier.erlang.served.Introspection;
import dev.pier.erlang.served.ServedCalls;
import dev.pier.erlang.served.ServedFunctions;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.transport.PeerSocket;
import dev.pier.erlang.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
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

    private final NodeSettings settings;
    private final Cookies cookies;
    private final int creation;
    private final @Nullable NodeListener listener;
    private final @Nullable EpmdRegistration registration;
    private final Identifiers identifiers;
    private final ProcessTable processes;
    private final StreamSignalDispatcher signals;
    private final NodeLocator locator;
    private final NodeSecurity security;
    private final PeerLink.Dialer dialer;
    private final PeerEvents events = new PeerEvents();
    private final LinkTable links = new LinkTable(name -> newLink(name, false));
    private final ConnectedNodes connectedNodes;
    private final StreamBudget streams;
    private final NodeThreads threads;
    private final DynamicNames dynamicNames = new DynamicNames();
    private final RateLimitedLog refusals = new RateLimitedLog(log);
    private volatile boolean closed;

    private LocalNode(
            NodeSettings settings,
            Cookies cookies,
            @Nullable NodeListener listener,
            @Nullable EpmdRegistration registration,
            NodeLocator locator,
            NodeSecurity security,
            NodeThreads threads,
            ConnectedNodes connectedNodes,
            StreamBudget streams) {
        this.settings = settings;
        this.cookies = cookies;
        this.listener = listener;
        this.registration = registration;
        this.creation = registration == null ? Creations.random() : registration.creation();
        this.identifiers = new Identifiers(settings.name().atom(), creation);
        this.processes =
                new ProcessTable(identifiers, settings.link().connection().decode(), settings.processes(), this::link);
        this.signals = StreamSignalDispatcher.shared(new SignalDispatcher(processes));
        this.locator = locator;
        this.security = security;
        this.dialer = new TcpDialer(
                settings.name(), identity(), cookies, settings.link(), locator, security.outgoing(), this::establish);
        this.threads = threads;
        this.connectedNodes = connectedNodes;
        this.streams = streams;
        connectedNodes.add(links);
    }

    /// Opens a node: reserves its port, registers its name, and lets other nodes connect once it serves calls.
    ///
    /// @param locator finds the peers' addresses
    /// @param security protects its connections
    /// @param threads outlive the node
    /// @param connectedNodes bounds the nodes that connect
    /// @param streams bounds the streams that share connections
    /// @param functions what Erlang may call
    /// @throws IOException if the address cannot be listened on, or the name is taken
    static LocalNode open(
            NodeSettings settings,
            Cookies cookies,
            EpmdClient epmd,
            NodeLocator locator,
            NodeSecurity security,
            NodeThreads threads,
            ConnectedNodes connectedNodes,
            StreamBudget streams,
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
            node = new LocalNode(
                    settings, cookies, listener, registration, locator, security, threads, connectedNodes, streams);
            node.serveIntrospection(functions);
            ServedCalls.start(node.processes(), functions, limiter);
            DrainRequests.serve(node.processes());
            if (listener != null) {
                listener.start(
                        node.identity(), cookies, settings.link(), security.incoming(), threads.connections(), node);
            }
            return node;
        } catch (Throwable t) {
            closeAll(registration, listener, node);
            throw t;
        }
    }

    /// Lets Erlang look at this node, if that is allowed.
    private void serveIntrospection(ServedFunctions functions) {
        if (settings.introspection()) {
            processes.allowIntrospection();
            new Introspection(
                            processes,
                            this::connected,
                            settings.link().connection().netTickTime())
                    .serve(functions, settings.values().newMapper(processes.decodeLimits()));
        }
    }

    /// The names of the nodes that are connected now.
    List<Atom> connected() {
        return links.all().stream()
                .filter(link -> link.current().isPresent())
                .map(link -> link.name().atom())
                .toList();
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

    /// Whether the node accepts connections, or is not to.
    boolean isAccepting() {
        return listener == null || listener.isRunning();
    }

    /// The incoming connections that were refused; `null` if the node does not listen.
    public NodeListener.@Nullable Refusals refusals() {
        return listener == null ? null : listener.refusals();
    }

    public NodeName name() {
        return settings.name();
    }

    /// Notifies listeners of the nodes of configured peers.
    PeerEvents events() {
        return events;
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
        return links.of(peer, name -> newLink(name, true));
    }

    /// The link to a peer whose connection is opened on demand only.
    public PeerLink link(NodeName peer) {
        return links.of(peer);
    }

    /// Ends the connection to a node, once what is queued is written.
    ///
    /// @return whether there was one
    boolean disconnect(NodeName peer) {
        Optional<PeerLink> link = links.find(peer);
        link.ifPresent(it -> LastWrites.await(List.of(it)));
        Optional<Session> session = link.flatMap(PeerLink::current);
        session.ifPresent(it -> it.close("disconnected by this program"));
        return session.isPresent();
    }

    /// The links to all peers that are or have been connected.
    public List<PeerLink> links() {
        return links.all();
    }

    private PeerLink newLink(NodeName peer, boolean persistent) {
        BulkSettings bulk = settings.link().bulk();
        BulkLanes.Shared shared = new BulkLanes.Shared(signals, streams.peer(bulk.window()), threads.timer(), bulk);
        BulkLanes lanes = new BulkLanes(peer.toString(), bulk, shared, number -> newLane(peer, number));
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
        StreamSignalDispatcher laneSignals = StreamSignalDispatcher.lane(signals);
        PeerLink.Dialer lane = new TcpDialer(
                settings.name(),
                Identity.of(name, creation, DistFlags.OURS),
                cookies,
                settings.link(),
                locator,
                security.outgoing(),
                (link, socket, handshake) -> establish(link, socket, handshake, name, own, laneSignals));
        return new BulkLane(
                new PeerLink(peer, own.node(), false, lane, threads.timer(), BulkLanes.NONE),
                laneSignals,
                settings.link().bulk().idle(),
                threads.timer());
    }

    /// Decides about a peer that connects. Nothing is kept: the name is only claimed.
    @Override
    public AcceptDecision admit(PeerHello hello) {
        AcceptDecision.Named given =
                hello.wantsName() ? dynamicNames.next(hello.host()).orElse(null) : null;
        NodeName peer = given == null ? hello.node().orElse(null) : given.name();
        if (peer == null || peer.equals(name()) || !isAllowed(peer) || !hasRoomFor(peer)) {
            return new AcceptDecision.NotAllowed();
        }
        return given == null ? links.find(peer).map(PeerLink::incoming).orElseGet(AcceptDecision.Ok::new) : given;
    }

    private boolean isAllowed(NodeName peer) {
        boolean allowed = settings.allowed().allows(peer);
        if (!allowed) {
            refusals.info(peer + " may not connect (setting erlang.listen.allow)");
        }
        return allowed;
    }

    private boolean hasRoomFor(NodeName peer) {
        boolean room = connectedNodes.admits(links, peer);
        if (!room) {
            refusals.warn(fullOfNodes());
        }
        return room;
    }

    private String fullOfNodes() {
        return "Connections of further nodes refused: " + connectedNodes.max()
                + " nodes are connected (setting erlang.limits.connected-nodes)";
    }

    /// Takes a connection that a peer has opened and authenticated.
    @Override
    public void adopt(PeerSocket socket, HandshakeResult handshake) throws IOException {
        PeerLink link = link(handshake.peer());
        Session session = session(link, socket, handshake, settings.name(), identifiers, signals);
        // Before the first request is read, so that what answers it finds the connection.
        if (connectedNodes.connect(links, handshake.peer(), () -> link.adopt(session))) {
            start(session);
        } else {
            refusals.warn(fullOfNodes());
            session.close("too many nodes are connected");
        }
    }

    /// Makes a connection of a socket whose handshake is done, and starts it.
    Session establish(PeerLink link, PeerSocket socket, HandshakeResult handshake) throws IOException {
        return establish(link, socket, handshake, settings.name(), identifiers, signals);
    }

    private Session establish(
            PeerLink link,
            PeerSocket socket,
            HandshakeResult handshake,
            NodeName self,
            Identifiers identities,
            Session.ProcessSignals takers)
            throws IOException {
        Session session = session(link, socket, handshake, self, identities, takers);
        start(session);
        return session;
    }

    private Session session(
            PeerLink link,
            PeerSocket socket,
            HandshakeResult handshake,
            NodeName self,
            Identifiers identities,
            Session.ProcessSignals takers)
            throws IOException {
        Transport transport = socket.transport();
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
        log.debug(
                "{}: {} connection with flags {}",
                handshake.peer(),
                handshake.peerHidden() ? "hidden" : "visible",
                handshake.capabilities());
        return session;
    }

    private void start(Session session) throws IOException {
        try {
            session.connection().start(threads.connections(), threads.timer());
        } catch (RejectedExecutionException e) {
            throw new IOException("this node has been stopped", e);
        }
    }

    /// Ends all processes, writes what is queued and closes all connections: the peers see `noconnection`. Idempotent.
    @Override
    public void close() {
        closed = true;
        closeAll(registration, listener);
        processes.endAll();
        connectedNodes.remove(links);
        LastWrites.await(links.all());
        links.all().forEach(PeerLink::close);
    }
}
