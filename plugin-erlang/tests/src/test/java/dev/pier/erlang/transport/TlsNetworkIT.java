package dev.pier.erlang.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Message;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ByteRecorder;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestCa;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.TestTls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Nodes of Pier and of Erlang within TLS on one network: with an eavesdropper, with nodes without TLS, with nodes
/// that do not fit, and while certificates are renewed.
class TlsNetworkIT {
    private static final TestTls FILES = TestTls.create();

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.with().tls(FILES).start();

    private static TestNode pier(TlsSettings tls) throws IOException {
        return TestNode.start(TestNode.builder(erlang.cookie()).tls(tls));
    }

    private static TestNode pier() throws IOException {
        return pier(TestNode.settings(FILES));
    }

    private static boolean contains(byte[] recorded, String text) {
        return new String(recorded, ISO_8859_1).contains(text);
    }

    /// A call through a recorder, whose arguments and answer have words that are easy to find.
    ///
    /// @param tls `null` for plain TCP
    private static ByteRecorder recordedCall(ErlangPeer peer, @Nullable TlsSettings tls) throws IOException {
        String alive = peer.nodeName().substring(0, peer.nodeName().indexOf('@'));
        ByteRecorder recorder = new ByteRecorder(TestEpmd.portOf(alive));
        NodeBuilder builder = TestNode.builder(peer.cookie())
                .peer("backend", it -> it.node(peer.nodeName()).address(TestHost.NAME, recorder.port()));
        if (tls != null) {
            builder.tls(tls);
        }
        try (TestNode node = TestNode.start(builder)) {
            assertThat(node.runtime()
                            .peer("backend")
                            .call("binary", "replace", "findme in arguments", "findme", "foundme")
                            .as(String.class))
                    .isEqualTo("foundme in arguments");
        }
        return recorder;
    }

    private static final List<String> SECRETS =
            List.of("findme", "foundme", "erpc", "binary", "replace", "pier_", "\0\3sok");

    @Test
    void aRecorderBetweenTheNodesSeesNothing() throws IOException {
        try (ErlangPeer plain = ErlangPeer.with().withoutTls().start();
                ByteRecorder recorder = recordedCall(plain, null)) {
            // Without TLS it sees all of them: the test would find them.
            String both = new String(recorder.sent(), ISO_8859_1) + new String(recorder.received(), ISO_8859_1);
            assertThat(both).contains(SECRETS);
        }
        try (ByteRecorder recorder = recordedCall(erlang, TestNode.settings(FILES))) {
            for (byte[] recorded : List.of(recorder.sent(), recorder.received())) {
                assertThat(SECRETS).noneMatch(secret -> contains(recorded, secret));
                assertThat(contains(recorded, erlang.cookie())).isFalse();
                assertAllEncrypted(recorded);
            }
        }
    }

    /// All bytes are records of TLS 1.3. After the first message of each side, and the record that a middlebox
    /// expects, all of them are encrypted; so challenges and digests are.
    ///
    /// SPEC: RFC 8446, 5.1 and 5.2, and D.4
    private static void assertAllEncrypted(byte[] recorded) {
        ByteBuffer in = ByteBuffer.wrap(recorded);
        List<Integer> types = new ArrayList<>();
        while (in.hasRemaining()) {
            types.add((int) in.get());
            assertThat(in.getShort()).isIn((short) 0x0301, (short) 0x0303);
            int length = Short.toUnsignedInt(in.getShort());
            in.position(in.position() + length);
        }
        assertThat(types.getFirst()).isEqualTo(22);
        assertThat(types.subList(1, types.size())).isNotEmpty().containsOnly(20, 23);
        assertThat(types.stream().filter(type -> type == 20).count()).isLessThanOrEqualTo(1);
    }

    /// Each connection of a lane has a handshake of its own.
    @Test
    void streamsHaveLanesWithinTls() throws IOException {
        try (TestNode node = pier();
                ReplyStream stream = node.peer(erlang).stream("lists", "seq", 1, 200_000)) {
            int count = 0;
            for (Reply _ : stream) {
                count++;
            }
            assertThat(count).isEqualTo(200_000);
            assertThat(erlang.eval(
                            "length([N || N <- nodes(hidden), string:find(atom_to_list(N), \"-bulk\") =/= nomatch])"))
                    .isEqualTo("1");
        }
    }

    @Test
    void aClusterWithinTlsCallsPier() throws IOException {
        try (TestNode node = pier();
                ErlangPeer second =
                        ErlangPeer.with().tls(FILES).cookie(erlang.cookie()).start()) {
            node.runtime().expose("m", "twice", 1, arguments -> arguments.as(0, Integer.class) * 2);
            node.runtime().register("adder", new Adder());
            String name = "'" + node.name() + "'";
            assertThat(erlang.eval("net_adm:ping('" + second.nodeName() + "')")).isEqualTo("pong");
            for (ErlangPeer peer : List.of(erlang, second)) {
                assertThat(peer.eval("erpc:call(" + name + ", m, twice, [21])")).isEqualTo("42");
                assertThat(peer.eval("rpc:multicall([" + name + ", node()], m, twice, [4])"))
                        .startsWith("{[8,{badrpc,");
                assertThat(peer.eval("gen_server:call({adder, " + name + "}, 5)"))
                        .isEqualTo("6");
            }
        }
    }

    private static final class Adder implements GenServer {
        @Override
        public void handleCall(Message request, From from) {
            from.reply(request.as(Integer.class) + 1);
        }

        @Override
        public void handleCast(Message request) {}
    }

    @Test
    void peersWithTlsAndWithoutMix() throws IOException {
        try (ErlangPeer plain =
                        ErlangPeer.with().withoutTls().cookie(erlang.cookie()).start();
                TestNode node = TestNode.start(TestNode.builder(erlang.cookie())
                        .tls(TestNode.settings(FILES))
                        .peer("tls", erlang.nodeName())
                        .peer("tcp", it -> it.node(plain.nodeName()).tls(TlsUse.OFF)))) {
            for (String peer : List.of("tls", "tcp")) {
                assertThat(node.runtime().peer(peer).call("erlang", "abs", -7).as(Integer.class))
                        .isEqualTo(7);
            }
            assertThat(info(node, erlang)).isNotNull();
            assertThat(info(node, plain)).isNull();
        }
    }

    private static @Nullable TlsInfo info(TestNode node, ErlangPeer peer) {
        return node.link(peer).current().orElseThrow().connection().tls();
    }

    private static String refusal(TestNode node, ErlangPeer peer) {
        PeerLink link = node.link(peer);
        Await.until("the refusal", Duration.ofSeconds(40), () -> {
            link.connect();
            return link.status().state() == PeerStatus.State.REFUSED;
        });
        assertThatThrownBy(() -> node.peer(link).call("erlang", "node")).isInstanceOf(NotConnected.class);
        return link.status().lastProblem().orElseThrow();
    }

    @Test
    void anErlangNodeWithoutTlsIsNamedSo() throws IOException {
        try (ErlangPeer plain =
                        ErlangPeer.with().withoutTls().cookie(erlang.cookie()).start();
                TestNode node = pier()) {
            assertThat(refusal(node, plain))
                    .startsWith(plain.nodeName())
                    .contains("it probably speaks plain TCP (setting tls of the peer)");
        }
    }

    @Test
    void anErlangNodeWithTlsIsNamedSo() throws IOException {
        try (TestNode node = TestNode.start(TestNode.builder(erlang.cookie())
                .tls(TestNode.settings(FILES))
                .peer("tcp", it -> it.node(erlang.nodeName()).tls(TlsUse.OFF)))) {
            assertThat(refusal(node, erlang))
                    .isEqualTo(erlang.nodeName()
                            + " requires TLS, and this node connects to it without (setting tls of the peer)");
        }
    }

    @Test
    void nodesThatConnectWithoutWhatTheyNeedAreRefused() throws IOException {
        try (LogCapture log = LogCapture.begin();
                ErlangPeer plain =
                        ErlangPeer.with().withoutTls().cookie(erlang.cookie()).start();
                TestNode within = pier();
                TestNode without = TestNode.start(TestNode.builder(erlang.cookie())
                        .tls(TestNode.settings(FILES))
                        .listenTls(TlsUse.OFF))) {
            assertThat(plain.eval("net_kernel:connect_node('" + within.name() + "')"))
                    .isEqualTo("false");
            awaitRefusal(within, "does not speak TLS, which this port requires (setting erlang.listen.tls)");
            assertThat(erlang.eval("net_kernel:connect_node('" + without.name() + "')"))
                    .isEqualTo("false");
            awaitRefusal(without, "speaks TLS, and this node listens without (setting erlang.listen.tls)");
            assertThat(log.warnings("Incoming connection refused")).hasSize(2);
        }
    }

    private static void awaitRefusal(TestNode node, String reason) {
        Await.until(
                "the refusal with: " + reason,
                () -> Optional.ofNullable(node.node().refusals())
                        .filter(it -> it.last().contains(reason))
                        .isPresent());
    }

    @Test
    void certificatesOfErlangThatDoNotFitAreNamed() throws IOException {
        Instant now = Instant.now();
        TestCa other = TestCa.create("Other CA");
        TestTls expired = TestTls.of(
                TestTls.ca().issue("old", now.minus(Duration.ofDays(3)), now.minus(Duration.ofDays(1)), TestHost.NAME),
                TestTls.ca());
        TestTls stray = TestTls.of(TestTls.ca().issue("stray", "a.example.com"), TestTls.ca());
        TestTls unknown = TestTls.of(other.issue("stranger", TestHost.NAME), other);
        try (TestNode node = pier()) {
            assertRefusedBothWays(node, expired, "has a certificate that expired at ");
            assertRefusedBothWays(
                    node, stray, "has a certificate that is not for its host localhost: CN=stray names a.example.com");
            assertRefused(node, unknown, "has a certificate of a CA that this node does not trust: CN=stranger");
        }
    }

    private static void assertRefused(TestNode node, TestTls files, String reason) {
        try (ErlangPeer peer =
                ErlangPeer.with().tls(files).cookie(erlang.cookie()).start()) {
            assertThat(refusal(node, peer)).startsWith(peer.nodeName()).contains(reason);
        }
    }

    private static void assertRefusedBothWays(TestNode node, TestTls files, String reason) {
        try (ErlangPeer peer =
                ErlangPeer.with().tls(files).cookie(erlang.cookie()).start()) {
            assertThat(peer.eval("net_kernel:connect_node('" + node.name() + "')"))
                    .isEqualTo("false");
            awaitRefusal(node, reason);
            assertThat(refusal(node, peer)).startsWith(peer.nodeName()).contains(reason);
        }
    }

    @Test
    void erlangThatRefusesPiersCertificateIsQuoted() throws IOException {
        TestCa other = TestCa.create("Other CA");
        TestTls unknown = TestTls.of(other.issue("stranger", TestHost.NAME), TestTls.ca());
        try (TestNode node = pier(TestNode.settings(unknown))) {
            assertThat(refusal(node, erlang))
                    .isEqualTo(erlang.nodeName()
                            + " does not accept the certificate of this node: it does not trust the CA (unknown_ca)");
        }
    }

    /// A chain of certificates above the bound of the JDK for one message.
    @Test
    void aHugeChainHarmsItsOwnConnectionOnly() throws Exception {
        TestCa.Issued issued = TestTls.ca().issue("node", TestHost.NAME);
        List<X509Certificate> chain = new ArrayList<>(issued.chain());
        while (chain.size() < 2_500) {
            chain.add(TestTls.ca().certificate());
        }
        TestTls huge = TestTls.of(new TestCa.Issued(issued.key(), chain), TestTls.ca());
        try (TestNode node = pier();
                TestNode hostile = pier(TestNode.settings(huge))) {
            PeerLink link = hostile.node().persistentLink(NodeName.parse(node.name()));
            link.connect();
            Await.until("the refusal", () -> link.status().lastProblem().isPresent());
            awaitRefusal(node, "violated the TLS protocol: ");
            assertThat(node.peer(erlang).call("erlang", "abs", -7).as(Integer.class))
                    .isEqualTo(7);
        }
    }

    /// A peer that dies in mid-frame: its message is not delivered in part.
    @Test
    void aCutConnectionIsALostOne() throws Exception {
        String alive = erlang.nodeName().substring(0, erlang.nodeName().indexOf('@'));
        try (ByteRecorder between = new ByteRecorder(TestEpmd.portOf(alive));
                TestNode node = TestNode.start(TestNode.builder(erlang.cookie())
                        .tls(TestNode.settings(FILES))
                        .peer(
                                "backend",
                                it -> it.node(erlang.nodeName())
                                        .address(TestHost.NAME, between.port())
                                        .timeout(Duration.ofMinutes(1))))) {
            Peer peer = node.runtime().peer("backend");
            CompletableFuture<Reply> call = peer.callAsync("binary", "copy", new byte[1], 200_000_000);
            Await.until("a part of the answer", () -> between.received().length > 1_000_000);
            between.cut();
            assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectionLost.class);
        }
    }

    /// So the link leaves it alone for a while, as over TCP.
    @Test
    void aNodeThatDisconnectsIsSeenToDoSo() throws IOException {
        try (LogCapture log = LogCapture.begin();
                ErlangPeer second =
                        ErlangPeer.with().tls(FILES).cookie(erlang.cookie()).start();
                TestNode node = pier()) {
            assertThat(node.peer(second).call("erlang", "node").as(String.class))
                    .isEqualTo(second.nodeName());
            assertThat(second.eval("erlang:disconnect_node('" + node.name() + "')"))
                    .isEqualTo("true");
            String closed = "Connection to " + second.nodeName() + " closed by the peer";
            Await.until("the end of the connection", () -> log.text().contains(closed));
            // For a moment, the link refuses to connect again.
            Await.asserted(
                    "a call over a new connection",
                    () -> assertThat(node.peer(second).call("erlang", "node").as(String.class))
                            .isEqualTo(second.nodeName()));
            second.stop();
            Await.until(
                    "the end of the node",
                    () -> log.text().lastIndexOf(closed) > log.text().indexOf(closed));
        }
    }

    @Test
    void renewedCertificatesDoNotDisturbConnectionsThatStand() throws Exception {
        TestTls files = TestTls.create();
        try (TestNode node = pier(TestNode.settings(files).withReloadInterval(Duration.ofMillis(100)));
                ErlangPeer second =
                        ErlangPeer.with().tls(FILES).cookie(erlang.cookie()).start()) {
            Peer peer = node.peer(erlang);
            PeerLink link = node.link(erlang);
            assertThat(peer.call("erlang", "node").as(String.class)).isEqualTo(erlang.nodeName());
            AtomicBoolean renewing = new AtomicBoolean(true);
            AtomicInteger calls = new AtomicInteger();
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                callers.add(CompletableFuture.runAsync(
                        () -> {
                            while (renewing.get()) {
                                int number = calls.incrementAndGet();
                                assertThat(peer.call("erlang", "abs", -number).as(Integer.class))
                                        .isEqualTo(number);
                            }
                        },
                        task -> Thread.ofVirtual().start(task)));
            }
            for (int i = 1; i <= 5; i++) {
                String subject = "renewed " + i;
                int before = calls.get();
                files.write(TestTls.ca().issue(subject, TestHost.NAME));
                Await.until(
                        "renewal " + i,
                        () -> Optional.ofNullable(node.runtime().tls())
                                .map(Tls::status)
                                .filter(it -> it.subject().equals("CN=" + subject))
                                .isPresent());
                Await.until("calls meanwhile", () -> calls.get() > before + 50);
            }
            renewing.set(false);
            for (CompletableFuture<Void> caller : callers) {
                caller.get(10, TimeUnit.SECONDS);
            }
            assertThat(link.totals().reconnects()).isZero();

            // A new connection shows the new certificate.
            assertThat(node.peer(second).call("erlang", "node").as(String.class))
                    .isEqualTo(second.nodeName());
            assertThat(requireNonNull(info(node, second)).ownExpires())
                    .isEqualTo(
                            requireNonNull(requireNonNull(node.runtime().tls()).status())
                                    .expires());
            assertThat(subjectOfNewConnection(node)).isEqualTo("CN=renewed 5");
        }
    }

    /// As a peer sees it that connects now.
    private static String subjectOfNewConnection(TestNode node) throws IOException {
        try (TestNode other = pier()) {
            PeerLink link = other.node().persistentLink(NodeName.parse(node.name()));
            link.connect();
            return Await.value(
                    "the connection",
                    () -> link.current()
                            .map(session -> session.connection().tls())
                            .map(TlsInfo::peerSubject)
                            .orElse(""),
                    subject -> !subject.isEmpty());
        }
    }
}
