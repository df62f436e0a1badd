package dev.pier.erlang.node;

import dev.pier.erlang.connection.Connection;
import dev.pier.erlang.connection.SocketTransport;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.handshake.AcceptDecision;
import dev.pier.erlang.handshake.HandshakeResult;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.PeerHello;
import dev.pier.erlang.link.Backoff;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.link.BulkLanes;
import dev.pier.erlang.link.DynamicNames;
import dev.pier.erlang.link.EpmdPresence;
import dev.pier.erlang.link.Identifiers;
import dev.pier.erlang.link.NodeListener;
import dev.pier.erlang.link.NodeThreads;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.link.StreamSignalDispatcher;
import dev.pier.erlang.link.TcpDialer;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.process.SignalDispatcher;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node among Erlang nodes: its identity, and its connections to its peers. Safe for many threads.
///
/// It has a timer thread, a thread that accepts, and two for each connection: see [NodeThreads].
public final class LocalNode implements NodeListener.Host, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LocalNode.class);

    private static final int MANY_LINKS = 10_000;

    private final NodeSettings settings;
    private final int creation;
    private final Identifiers identifiers;
    private final ProcessTable processes;
    private final Session.ProcessSignals signals;
    private final NodeLocator locator;
    private final PeerLink.Dialer dialer;
    private final Map<NodeName, PeerLink> links = new ConcurrentHashMap<>();
    private final NodeThreads threads;
    private final DynamicNames dynamicNames = new DynamicNames();
    private volatile boolean closed;

    /// @param creation which incarnation of the node this is: as EPMD says, or else random and at least 4
    /// @param locator finds the peers' addresses
    /// @param threads which the node does not end
    public LocalNode(NodeSettings settings, int creation, NodeLocator locator, NodeThreads threads) {
        this.settings = settings;
        this.creation = creation;
        this.identifiers = new Identifiers(settings.name().atom(), creation);
        this.processes =
                new ProcessTable(identifiers, settings.link().connection().decode(), settings.processes(), this::link);
        this.signals = new SignalDispatcher(processes);
        this.locator = locator;
        this.dialer = new TcpDialer(settings.name(), identity(), settings.link(), locator, this::establish);
        this.threads = threads;
    }

    public NodeName name() {
        return settings.name();
    }

    /// The processes of this node.
    public ProcessTable processes() {
        return processes;
    }

    public NodeSettings settings() {
        return settings;
    }

    public NodeThreads threads() {
        return threads;
    }

    public int creation() {
        return creation;
    }

    /// The way to a peer whose connection is kept up once it has been used.
    public PeerLink persistentLink(NodeName peer) {
        return links.computeIfAbsent(peer, name -> newLink(name, true));
    }

    /// The way to a peer, whose connection is opened when it is used and not otherwise.
    public PeerLink link(NodeName peer) {
        forgetIdleOnes();
        return links.computeIfAbsent(peer, name -> newLink(name, false));
    }

    /// The ways to all peers that are or have been connected.
    public List<PeerLink> links() {
        return List.copyOf(links.values());
    }

    /// Nodes with names made up for a single use would fill the table in time.
    private void forgetIdleOnes() {
        if (links.size() >= MANY_LINKS) {
            links.values().removeIf(PeerLink::isForgettable);
        }
    }

    private PeerLink newLink(NodeName peer, boolean persistent) {
        BulkLanes lanes = new BulkLanes(peer.toString(), settings.link().bulk(), number -> newLane(peer, number));
        PeerLink link =
                new PeerLink(peer, identifiers.node(), persistent, dialer, Backoff.DEFAULT, threads.timer(), lanes);
        if (closed) {
            link.close();
        }
        return link;
    }

    /// Each lane is a node of its own to the peer, of which nobody else knows: nodes have one connection to each other.
    private BulkLane newLane(NodeName peer, int number) {
        NodeName name = new NodeName(
                settings.name().alive() + "-bulk" + number, settings.name().host());
        int creation = EpmdPresence.randomCreation();
        Identifiers own = new Identifiers(name.atom(), creation);
        StreamSignalDispatcher laneSignals = new StreamSignalDispatcher(signals);
        PeerLink.Dialer lane = new TcpDialer(
                settings.name(),
                Identity.of(name, creation, DistFlags.OURS),
                settings.link(),
                locator,
                (link, channel, introduction) -> establish(link, channel, introduction, name, own, laneSignals));
        return new BulkLane(
                new PeerLink(peer, own.node(), false, lane, Backoff.DEFAULT, threads.timer()),
                laneSignals,
                settings.link().bulk().idle(),
                threads.timer());
    }

    private Identity identity() {
        return Identity.of(settings.name(), creation, DistFlags.OURS);
    }

    /// Lets other nodes connect at that port.
    public void letIn(NodeListener listener) {
        listener.start(identity(), settings.link(), threads.connections(), this);
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
    public void adopt(SocketChannel channel, HandshakeResult introduction) throws IOException {
        PeerLink link = link(introduction.peer());
        link.adopt(establish(link, channel, introduction));
    }

    /// Makes a connection of a socket whose handshake is done, and starts it.
    Session establish(PeerLink link, SocketChannel channel, HandshakeResult introduction) throws IOException {
        return establish(link, channel, introduction, settings.name(), identifiers, signals);
    }

    private Session establish(
            PeerLink link,
            SocketChannel channel,
            HandshakeResult introduction,
            NodeName self,
            Identifiers identities,
            Session.ProcessSignals takers)
            throws IOException {
        SocketTransport transport = new SocketTransport(channel);
        Session session = new Session(
                link,
                introduction.peerFlags(),
                handler -> new Connection(
                        self + "-" + introduction.peer(),
                        transport,
                        introduction.capabilities(),
                        settings.link().connection(),
                        handler),
                identities,
                takers,
                settings.link().maxCalls(),
                settings.link().batching());
        try {
            session.connection().start(threads.connections(), threads.timer());
        } catch (RejectedExecutionException e) {
            throw new IOException("this node has been stopped", e);
        }
        log.debug(
                "{}: {} connection with flags {}",
                introduction.peer(),
                introduction.peerHidden() ? "hidden" : "visible",
                introduction.capabilities());
        return session;
    }

    /// Ends all processes and closes all connections: the peers see `noconnection`. Idempotent.
    @Override
    public void close() {
        closed = true;
        processes.endAll();
        links.values().forEach(PeerLink::close);
    }
}
