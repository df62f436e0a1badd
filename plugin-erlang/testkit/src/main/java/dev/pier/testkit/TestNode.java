package dev.pier.testkit;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Peer;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.RemoteServer;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdLocator;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.link.AllowedNodes;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.link.EpmdPresence;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.link.NodeListener;
import dev.pier.erlang.link.NodeThreads;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.mailbox.MailboxSettings;
import dev.pier.erlang.mailbox.NodeProcesses;
import dev.pier.erlang.node.LocalNode;
import dev.pier.erlang.node.NodeSettings;
import dev.pier.erlang.peer.RemotePeer;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.WireTap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntUnaryOperator;

/// A node of ours for tests, on the loopback interface and at the tests' EPMD.
public final class TestNode implements AutoCloseable {
    private static final ValueMapper MAPPER = new EtfValueMapper();

    private static final NodeThreads THREADS = NodeThreads.platform("tests");

    private final NodeListener listener;
    private final EpmdPresence presence;
    private final LocalNode node;

    private final NodeProcesses processes;

    private TestNode(NodeListener listener, EpmdPresence presence, LocalNode node, MailboxSettings mailboxes) {
        this.listener = listener;
        this.presence = presence;
        this.node = node;
        this.processes = new NodeProcesses(node.processes(), MAPPER, mailboxes, new LongAdder(), "test");
    }

    public static TestNode start(String cookie) throws IOException {
        return new Options(cookie).start();
    }

    public static TestNode start(String cookie, ConnectionSettings connection, int maxCalls) throws IOException {
        Options options = new Options(cookie);
        options.connection = connection;
        options.maxCalls = maxCalls;
        return options.start();
    }

    public static TestNode start(String cookie, MailboxSettings mailboxes) throws IOException {
        Options options = new Options(cookie);
        options.mailboxes = mailboxes;
        return options.start();
    }

    public static TestNode start(String cookie, BulkSettings bulk) throws IOException {
        return start(cookie, ConnectionSettings.DEFAULT, bulk);
    }

    public static TestNode start(String cookie, ConnectionSettings connection, BulkSettings bulk) throws IOException {
        Options options = new Options(cookie);
        options.connection = connection;
        options.bulk = bulk;
        return options.start();
    }

    /// A node that others reach through a tap only, and that reaches others only so.
    public static TestNode start(String cookie, WireTap tap) throws IOException {
        return start(cookie, tap, BatchingMode.NEVER);
    }

    public static TestNode start(String cookie, WireTap tap, BatchingMode callHelper) throws IOException {
        Options options = new Options(cookie);
        options.ports = tap::before;
        options.callHelper = callHelper;
        return options.start();
    }

    public static TestNode start(String cookie, ProcessLimits processes) throws IOException {
        Options options = new Options(cookie);
        options.processes = processes;
        return options.start();
    }

    /// A node whose calls go through `pier_calls`. Those of the others are a request to spawn each.
    public static TestNode start(String cookie, BatchingMode callHelper) throws IOException {
        return start(cookie, ConnectionSettings.DEFAULT, callHelper);
    }

    public static TestNode start(String cookie, ConnectionSettings connection, BatchingMode callHelper)
            throws IOException {
        Options options = new Options(cookie);
        options.connection = connection;
        options.callHelper = callHelper;
        return options.start();
    }

    private static final class Options {
        private final String cookie;
        private ConnectionSettings connection = ConnectionSettings.DEFAULT;
        private int maxCalls = 10_000;
        private MailboxSettings mailboxes = MailboxSettings.DEFAULT;
        private BulkSettings bulk = BulkSettings.DEFAULT;
        private ProcessLimits processes = ProcessLimits.DEFAULT;
        private BatchingMode callHelper = BatchingMode.NEVER;

        /// Which port to connect to in place of the one that a node listens at.
        private IntUnaryOperator ports = IntUnaryOperator.identity();

        Options(String cookie) {
            this.cookie = cookie;
        }

        TestNode start() throws IOException {
            NodeListener listener = NodeListener.bind(new InetSocketAddress(TestHost.address(), 0));
            EpmdClient epmd = new EpmdClient(
                    new InetSocketAddress(TestHost.address(), TestEpmd.port()),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5));
            NodeName name = new NodeName(TestHost.uniqueName("pier"), TestHost.NAME);
            EpmdPresence presence = new EpmdPresence(epmd, name.alive(), ports.applyAsInt(listener.port()));
            NodeSettings settings = new NodeSettings(
                    name,
                    Optional.empty(),
                    AllowedNodes.ALL,
                    new LinkSettings(
                            Cookie.of(cookie),
                            16,
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(5),
                            maxCalls,
                            callHelper,
                            connection,
                            bulk),
                    processes);
            NodeLocator found = new EpmdLocator(epmd);
            NodeLocator locator = peer -> {
                InetSocketAddress address = found.locate(peer);
                return new InetSocketAddress(address.getAddress(), ports.applyAsInt(address.getPort()));
            };
            LocalNode node = new LocalNode(settings, presence.creation(), locator, THREADS);
            node.letIn(listener);
            return new TestNode(listener, presence, node, mailboxes);
        }
    }

    public String name() {
        return node.name().toString();
    }

    public LocalNode node() {
        return node;
    }

    /// Where it listens.
    public int port() {
        return listener.port();
    }

    public PeerLink link(ErlangPeer peer) {
        return node.persistentLink(NodeName.parse(peer.nodeName()));
    }

    public Peer peer(ErlangPeer peer) {
        return peer(link(peer));
    }

    public Peer peer(PeerLink link) {
        return new RemotePeer(
                "backend",
                link,
                node.processes(),
                new CallOptions(Duration.ofSeconds(10)),
                MAPPER,
                DecodeLimits.DEFAULT,
                CallListener.NONE);
    }

    /// Mailboxes, handlers and servers of this node.
    public NodeProcesses processes() {
        return processes;
    }

    public GenServerRef server(Pid pid) {
        return RemoteServer.of(
                pid, node.processes(), MAPPER, new CallOptions(Duration.ofSeconds(10)), CallListener.NONE);
    }

    @Override
    public void close() {
        presence.close();
        listener.close();
        node.close();
    }
}
