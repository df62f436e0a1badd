package dev.pier.erlang.node;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.pier.erlang.ErlangFunction;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Exposure;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.JsonText;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.MessageHandler;
import dev.pier.erlang.OpenedNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerListener;
import dev.pier.erlang.Reply;
import dev.pier.erlang.Subscription;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.credit.ClientShares;
import dev.pier.erlang.credit.SharedBytes;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdLocator;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.epmd.StaticLocator;
import dev.pier.erlang.flight.FlightRecorder;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.Cookies;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.link.NodeThreads;
import dev.pier.erlang.peer.PeerGroup;
import dev.pier.erlang.process.DeadlineParker;
import dev.pier.erlang.process.EndlessUses;
import dev.pier.erlang.served.CallLimiter;
import dev.pier.erlang.served.ServedFunctions;
import dev.pier.erlang.served.ServedStatus;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.transport.Tls;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running Erlang node with its peers: what [NodeBuilder#start] returns. Safe for many threads.
///
/// A program with one application uses it as an [ErlangNode]. A server with several gives each one a [#scope] of
/// its own, which ends with the application; the connections to the peers are shared by all of them.
///
/// Lifecycle: [#close] ends all processes, writes what is queued, closes all connections, so that the peers see
/// `noconnection`, and frees the node name. It waits for up to half a second for peers that do not read. Idempotent.
public final class NodeRuntime implements ErlangNode, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeRuntime.class);

    private static final Duration TIMER_BEAT = Duration.ofSeconds(1);
    private static final Duration MAX_TIMER_PAUSE = Duration.ofSeconds(30);

    private final NodeSettings settings;
    private final Cookies cookies;
    private final EpmdClient epmd;
    private final NodeLocator locator;
    private final @Nullable Tls tls;
    private final NodeSecurity security;
    private final NodeThreads threads;
    private final CallLimiter callLimiter;
    private final ConnectedNodes connectedNodes;
    private final StreamBudget streams;
    private final SharedBytes mailboxBytes;
    private final NodeTracing tracing;
    private final ServedFunctions functions;
    private final LocalNode own;
    private final ConfiguredPeers peers;
    private final LongAdder droppedMessages = new LongAdder();
    private final EndlessUses endless = new EndlessUses();
    private final ApplicationScope program;
    private volatile long lastBeat = System.nanoTime();

    private NodeRuntime(
            NodeSettings settings,
            Cookie cookie,
            UnaryOperator<NodeLocator> locators,
            HostResolver resolver,
            Function<String, CallListener> listeners,
            NodeTracing tracing,
            Supplier<@Nullable String> clients)
            throws IOException {
        this.settings = settings;
        this.tracing = tracing;
        this.functions = new ServedFunctions(tracing.served());
        this.cookies = new Cookies(cookie);
        this.epmd = new EpmdClient(
                settings.epmd().address(),
                settings.link().connectTimeout(),
                settings.epmd().readTimeout());
        PeersInForce peersInForce = new PeersInForce(settings.peers());
        this.locator = new StaticLocator(peersInForce::address, locators.apply(new EpmdLocator(epmd)));
        this.tls = settings.tls() == null ? null : Tls.load(settings.tls());
        this.security = NodeSecurity.of(settings, peersInForce, tls);
        this.threads = NodeThreads.platform(settings.name().toString());
        this.callLimiter = new CallLimiter(settings.served());
        this.connectedNodes = new ConnectedNodes(settings.link().maxNodes());
        this.mailboxBytes = new SharedBytes(settings.mailboxes().totalBytes());
        BulkSettings bulk = settings.link().bulk();
        this.streams = new StreamBudget(bulk.bytes(), bulk.perClient(), new ClientShares(clients));
        try {
            this.own = open(settings, threads, functions);
        } catch (Throwable t) {
            threads.timer().shutdownNow();
            throw t;
        }
        this.peers =
                new ConfiguredPeers(own, cookies, peersInForce, resolver, peer -> calls(peer, listeners.apply(peer)));
        this.program = newScope("", own, peers.own(), functions, _ -> {});
        ScheduledFuture<?> _ = threads.timer()
                .scheduleWithFixedDelay(
                        () -> lastBeat = System.nanoTime(), TIMER_BEAT.toNanos(), TIMER_BEAT.toNanos(), NANOSECONDS);
        if (tls != null) {
            ScheduledFuture<?> _ = tls.watch(threads.timer());
        }
    }

    static NodeRuntime start(
            NodeSettings settings,
            Cookie cookie,
            Map<String, Cookie> peerCookies,
            UnaryOperator<NodeLocator> locators,
            HostResolver resolver,
            Function<String, CallListener> listeners,
            NodeTracing tracing,
            Supplier<@Nullable String> clients)
            throws IOException {
        NodeRuntime runtime = new NodeRuntime(settings, cookie, locators, resolver, listeners, tracing, clients);
        try {
            runtime.peers.take(settings.peers(), peerCookies);
        } catch (Throwable t) {
            runtime.close();
            throw t;
        }
        Integer port = runtime.port();
        log.info("Erlang node {} is up{}", runtime.name(), port == null ? "" : ", at port " + port);
        return runtime;
    }

    private CallListener calls(String peer, CallListener listener) {
        return FlightRecorder.calls(peer, tracing.calls(peer, listener));
    }

    private LocalNode open(NodeSettings node, NodeThreads its, ServedFunctions served) throws IOException {
        return LocalNode.open(
                node, cookies, epmd, locator, security, its, connectedNodes, streams, served, callLimiter);
    }

    private ApplicationScope newScope(
            String application,
            LocalNode node,
            NodePeers configured,
            ServedFunctions served,
            Consumer<OpenedNode> afterClose) {
        return new ApplicationScope(
                application,
                node,
                configured,
                served,
                settings,
                this::calls,
                mailboxBytes,
                droppedMessages,
                endless,
                this::openBeside,
                afterClose);
    }

    /// Opens another node, which shares the settings, the timer and the limit on served calls.
    private OpenedNode openBeside(String alive, Consumer<OpenedNode> onClose) throws IOException {
        ServedFunctions served = new ServedFunctions(tracing.served());
        LocalNode opened = open(settings.withAlive(alive), threads.virtual(), served);
        List<Runnable> atClose = new ArrayList<>();
        return newScope(alive, opened, peers.beside(opened, atClose), served, closed -> {
            atClose.forEach(Runnable::run);
            opened.close();
            onClose.accept(closed);
        });
    }

    /// The node as one application sees it. Closing it ends the application's processes, exposed functions and
    /// opened nodes, and nothing else.
    ///
    /// @param application identifies the application, as its context path does: a newer version of it takes over
    ///     the registered names of an older one
    public OpenedNode scope(String application) {
        return newScope(application, own, peers.own(), functions, _ -> {});
    }

    /// Reads the peers of other settings, such as a changed file has, and changes nothing. The other parts of
    /// the settings are ignored.
    ///
    /// Taking them up closes no connection to a node that remains a peer's. `Peer` objects go on with the new
    /// settings: balance and timeout hold from the next call on, everything about connections from the next
    /// connection on. A connection to a node that is no peer's any more is closed once its calls have ended.
    /// Calls of a peer that is gone fail with [dev.pier.erlang.NotConnected] until it comes back.
    ///
    /// @return takes them up; does not wait for connections, and has no effect once the node is closed
    /// @throws IOException if a cookie cannot be read; the message says which, in a sentence
    /// @throws IllegalArgumentException if a peer requires TLS and the node has none
    public Runnable prepare(NodeBuilder changed) throws IOException {
        SequencedMap<String, PeerSettings> next = changed.settings().peers();
        NodeBuilder.requireTls(next, tls != null);
        Map<String, Cookie> secrets = changed.readPeerCookies();
        return () -> peers.take(next, secrets);
    }

    /// The names of the configured peers, in their order.
    public SequencedSet<String> peerNames() {
        return Collections.unmodifiableSequencedSet(peers.own().all().sequencedKeySet());
    }

    /// The nodes of a peer, for monitoring. A peer that was removed is still known, without a node.
    ///
    /// @throws IllegalArgumentException if no peer has or had that name
    public PeerGroup group(String peer) {
        return configured(peer).group();
    }

    /// The calls of a peer, for monitoring.
    ///
    /// @throws IllegalArgumentException if no peer has or had that name
    public PeerCalls calls(String peer) {
        return configured(peer).calls().seen();
    }

    private ConfiguredPeer configured(String peer) {
        ConfiguredPeer configured = peers.own().find(peer);
        if (configured == null) {
            throw new IllegalArgumentException("no peer '" + peer + "'; there are " + peerNames());
        }
        return configured;
    }

    /// The node itself, for monitoring.
    public LocalNode local() {
        return own;
    }

    /// The limit on calls from Erlang, over all nodes of this runtime.
    public CallLimiter callLimiter() {
        return callLimiter;
    }

    /// The functions that Erlang may call on this node, with their calls.
    public List<ServedStatus> servedFunctions() {
        return functions.exposed();
    }

    /// The memory that streams of all nodes of this runtime take, except those on lanes.
    public StreamBudget streams() {
        return streams;
    }

    /// The memory that the messages in all mailboxes take.
    public SharedBytes mailboxBytes() {
        return mailboxBytes;
    }

    /// The TLS of the node, for monitoring; `null` if it has none.
    public @Nullable Tls tls() {
        return tls;
    }

    /// How many messages full mailboxes have dropped.
    public long droppedMessages() {
        return droppedMessages.sum();
    }

    /// The threads that everything in this runtime depends on and that have ended or are stuck; empty if all run.
    public List<String> stoppedThreads() {
        List<String> stopped = new ArrayList<>();
        if (!DeadlineParker.isRunning()) {
            stopped.add("erlang-deadlines");
        }
        if (System.nanoTime() - lastBeat > MAX_TIMER_PAUSE.toNanos()) {
            stopped.add("erlang-timer");
        }
        if (!own.isAccepting()) {
            stopped.add("erlang-accept");
        }
        if (!own.keepsRegistration()) {
            stopped.add("epmd");
        }
        return stopped;
    }

    /// The names of the nodes that are connected now, as `nodes(connected)` in Erlang.
    public List<String> connectedNodes() {
        return own.connected().stream().map(Atom::name).toList();
    }

    /// Ends the connection to a node, as `erlang:disconnect_node/1` does: calls in flight on it fail with
    /// [dev.pier.erlang.ConnectionLost]. What is queued is written before, within half a second. A peer of the
    /// settings is connected again.
    ///
    /// @return whether it was connected
    /// @throws IllegalArgumentException if the name is not `name@host`
    public boolean disconnect(String node) {
        return own.disconnect(NodeName.parse(node));
    }

    /// The port at which the node listens; `null` if it does not.
    public @Nullable Integer port() {
        return own.port();
    }

    @Override
    public String name() {
        return own.name().toString();
    }

    @Override
    public Peer peer(String name) {
        return program.peer(name);
    }

    @Override
    public Subscription onPeer(PeerListener listener) {
        return program.onPeer(listener);
    }

    @Override
    public Mailbox mailbox() {
        return program.mailbox();
    }

    @Override
    public Mailbox mailbox(String name) {
        return program.mailbox(name);
    }

    @Override
    public ErlangProcess register(String name, MessageHandler handler) {
        return program.register(name, handler);
    }

    @Override
    public ErlangProcess register(String name, GenServer server) {
        return program.register(name, server);
    }

    @Override
    public ErlangProcess spawn(MessageHandler handler) {
        return program.spawn(handler);
    }

    @Override
    public ErlangProcess spawn(GenServer server) {
        return program.spawn(server);
    }

    @Override
    public Reply read(Term term) {
        return program.read(term);
    }

    @Override
    public Reply readJson(JsonText json) {
        return program.readJson(json);
    }

    @Override
    public JsonLimits jsonLimits() {
        return program.jsonLimits();
    }

    @Override
    public GenServerRef server(Pid server) {
        return program.server(server);
    }

    @Override
    public void send(Pid to, @Nullable Object message) {
        program.send(to, message);
    }

    @Override
    public void send(String name, String node, @Nullable Object message) {
        program.send(name, node, message);
    }

    @Override
    public void send(String name, @Nullable Object message) {
        program.send(name, message);
    }

    @Override
    public Exposure expose(String module, String function, ErlangFunction body) {
        return program.expose(module, function, body);
    }

    @Override
    public Exposure expose(String module, String function, int arity, ErlangFunction body) {
        return program.expose(module, function, arity, body);
    }

    @Override
    public Exposure expose(Object methods) {
        return program.expose(methods);
    }

    @Override
    public OpenedNode open(String name) throws IOException {
        return program.open(name);
    }

    /// Ends the mailboxes that feed endless responses, with the reason `shutdown`, and the streams: the program
    /// or server around the node begins to stop, and waits for its responses. Everything else goes on until
    /// [#close]. Idempotent.
    public void stopping() {
        endless.stop();
    }

    @Override
    public void close() {
        peers.close();
        program.close();
        own.close();
        threads.timer().shutdownNow();
    }

    @Override
    public String toString() {
        return "NodeRuntime[" + name() + "]";
    }
}
