package dev.pier.erlang.testing;

import static java.util.Objects.requireNonNull;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Peer;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.EpmdRegistration;
import dev.pier.erlang.epmd.NodeType;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.mailbox.MailboxSettings;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.LocalNode;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.transport.TlsSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A node of Pier for tests, on the loopback interface and at the tests' EPMD. Calls are spawn requests unless a test
/// asks for batching. The test kit has no such node: its own are peers of an application, and these tests set limits,
/// TLS and a tap on the wire, and look inside the engine.
public final class TestNode implements AutoCloseable {
    private static final CallOptions TEN_SECONDS = new CallOptions(Duration.ofSeconds(10));

    public static final LinkSettings LINK = LinkSettings.DEFAULT
            .withMaxHandshakes(16)
            .withHandshakeTimeout(Duration.ofSeconds(5))
            .withBatching(BatchingMode.NEVER);

    private final NodeRuntime runtime;
    private final @Nullable EpmdRegistration tapped;

    private TestNode(NodeRuntime runtime, @Nullable EpmdRegistration tapped) {
        this.runtime = runtime;
        this.tapped = tapped;
    }

    /// A builder with the address, EPMD and limits of tests.
    public static NodeBuilder builder(String cookie) {
        return builder(TestHost.uniqueName("pier"), TestEpmd.port(), cookie);
    }

    /// The same for a name and an EPMD.
    public static NodeBuilder builder(String alive, int epmdPort, String cookie) {
        NodeBuilder builder = ErlangNodes.builder(alive + "@" + TestHost.NAME)
                .cookie(cookie)
                .listen(new InetSocketAddress(TestHost.address(), 0))
                .epmd(epmd(epmdPort))
                .link(LINK);
        TestTls.ofTheRun().ifPresent(tls -> builder.tls(settings(tls)));
        return builder;
    }

    /// The settings with which the node connects within TLS to those of the tests.
    public static TlsSettings settings(TestTls tls) {
        return TlsSettings.pem(tls.certificate(), tls.key(), tls.caFile())
                .withVersions(tls.versions().toArray(String[]::new));
    }

    private static EpmdSettings epmd(int port) {
        return new EpmdSettings(true, new InetSocketAddress(TestHost.address(), port), Duration.ofSeconds(5));
    }

    public static TestNode start(NodeBuilder builder) throws IOException {
        return new TestNode(builder.start(), null);
    }

    public static TestNode start(String cookie) throws IOException {
        return start(builder(cookie));
    }

    private static TestNode start(String cookie, UnaryOperator<LinkSettings> link) throws IOException {
        return start(builder(cookie).link(link.apply(LINK)));
    }

    public static TestNode start(String cookie, ConnectionSettings connection, int maxCalls) throws IOException {
        return start(cookie, link -> link.withConnection(connection).withMaxCalls(maxCalls));
    }

    public static TestNode start(String cookie, MailboxSettings mailboxes) throws IOException {
        return start(builder(cookie).mailboxes(mailboxes));
    }

    public static TestNode start(String cookie, BulkSettings bulk) throws IOException {
        return start(cookie, link -> link.withBulk(bulk));
    }

    public static TestNode start(String cookie, ConnectionSettings connection, BulkSettings bulk) throws IOException {
        return start(cookie, link -> link.withConnection(connection).withBulk(bulk));
    }

    public static TestNode start(String cookie, ProcessLimits processes) throws IOException {
        return start(builder(cookie).processes(processes));
    }

    public static TestNode start(String cookie, BatchingMode batching) throws IOException {
        return start(cookie, link -> link.withBatching(batching));
    }

    public static TestNode start(String cookie, ConnectionSettings connection, BatchingMode batching)
            throws IOException {
        return start(cookie, link -> link.withConnection(connection).withBatching(batching));
    }

    /// A node that other nodes reach through a tap only, and that reaches other nodes only through it.
    public static TestNode start(String cookie, WireTap tap) throws IOException {
        return start(cookie, tap, BatchingMode.NEVER);
    }

    public static TestNode start(String cookie, WireTap tap, BatchingMode batching) throws IOException {
        NodeRuntime runtime = builder(cookie)
                .link(LINK.withBatching(batching))
                .epmd(epmd(TestEpmd.port()).withRegister(false))
                .locator(found -> peer -> {
                    InetSocketAddress address = found.locate(peer);
                    return new InetSocketAddress(address.getAddress(), tap.before(address.getPort()));
                })
                .start();
        try {
            NodeName name = runtime.local().name();
            return new TestNode(
                    runtime,
                    new EpmdClient(epmd(TestEpmd.port()).address(), Duration.ofSeconds(5), Duration.ofSeconds(5))
                            .register(name.alive(), tap.before(requireNonNull(runtime.port())), NodeType.HIDDEN));
        } catch (Throwable t) {
            runtime.close();
            throw t;
        }
    }

    public String name() {
        return runtime.name();
    }

    public NodeRuntime runtime() {
        return runtime;
    }

    public LocalNode node() {
        return runtime.local();
    }

    /// Where it listens.
    public int port() {
        return requireNonNull(runtime.port());
    }

    public PeerLink link(ErlangPeer peer) {
        return node().persistentLink(NodeName.parse(peer.nodeName()));
    }

    public Peer peer(ErlangPeer peer) {
        return peer(link(peer));
    }

    public Peer peer(PeerLink link) {
        return runtime.peer(link.name().toString()).with(TEN_SECONDS);
    }

    /// Mailboxes, handlers and servers of this node.
    public ErlangNode processes() {
        return runtime;
    }

    public GenServerRef server(Pid pid) {
        return runtime.server(pid);
    }

    @Override
    public void close() {
        if (tapped != null) {
            tapped.close();
        }
        runtime.close();
    }
}
