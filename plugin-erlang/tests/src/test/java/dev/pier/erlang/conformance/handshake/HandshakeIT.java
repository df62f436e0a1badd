package dev.pier.erlang.conformance.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.AcceptDecision;
import dev.pier.erlang.handshake.AcceptPolicy;
import dev.pier.erlang.handshake.Acceptor;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.handshake.HandshakeResult;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.Initiator;
import dev.pier.erlang.handshake.StreamTransport;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The handshake with a real node.
class HandshakeIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.with().tickSeconds(4).start();

    private final NodeName us = NodeName.parse(TestHost.nodeName(TestHost.uniqueName("pier")));
    private final NodeName peer = NodeName.parse(erlang.nodeName());

    private final List<SocketChannel> channels = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    private SocketChannel dial() throws IOException {
        return SocketChannel.open(new InetSocketAddress(TestHost.address(), TestEpmd.portOf(peer.alive())));
    }

    private HandshakeResult connect(SocketChannel channel, Identity self, String cookie) throws HandshakeException {
        return new Initiator(self, Cookie.of(cookie), TIMEOUT).connect(StreamTransport.tcp(channel), peer, () -> true);
    }

    private Identity ourselves() {
        return Identity.of(us, 4711, DistFlags.OURS);
    }

    private static boolean connected(NodeName node) {
        return erlang.eval("lists:member('" + node + "', nodes(hidden))").equals("true");
    }

    private static HandshakeException failed(@Nullable HandshakeException failure) {
        if (failure == null) {
            throw new AssertionError("the handshake succeeded");
        }
        return failure;
    }

    /// The flags that both nodes support.
    private static Capabilities common() {
        long missing = erlang.otpRelease() < 29 ? DistFlags.NATIVE_RECORDS : 0;
        return new Capabilities(DistFlags.OURS & ~missing);
    }

    @Test
    @Says(
            in = Section.HANDSHAKE,
            value =
                    "With Erlang as acceptor, Pier sends name and challenge reply; the challenge ack ends the handshake.")
    @Says(in = Section.SILENT, value = "A node without DFLAG_PUBLISHED is hidden.")
    void thisNodeConnectsAsAHiddenNodeAndBothSidesSendTicks() throws IOException {
        try (SocketChannel channel = dial()) {
            HandshakeResult result = connect(channel, ourselves(), erlang.cookie());
            assertThat(result.peerHidden()).isFalse();
            assertThat(result.capabilities()).isEqualTo(common());
            assertThat(erlang.eval("erlang:system_info(creation)"))
                    .isEqualTo(Integer.toUnsignedString(result.peerCreation()));
            Await.until("the node to list this node", () -> connected(us));

            DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
            DataOutputStream out = new DataOutputStream(Channels.newOutputStream(channel));
            // With a tick time of 4 s the node drops a silent peer after 5 s, so it sends a seventh tick only if it
            // receives ticks.
            for (int tick = 0; tick < 7; tick++) {
                assertThat(in.readInt()).isZero();
                out.writeInt(0);
            }
            assertThat(connected(us)).isTrue();
        }
        Await.until("the node to drop this node", () -> !connected(us));
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "The acceptor closes the connection after a wrong digest.")
    void aWrongCookieIsNoticed() throws IOException {
        try (SocketChannel channel = dial()) {
            HandshakeException failure = failed(
                    catchThrowableOfType(HandshakeException.class, () -> connect(channel, ourselves(), "wrong")));
            assertThat(failure.failure()).isEqualTo(Failure.OUR_COOKIE_NOT_ACCEPTED);
            assertThat(failure).hasMessageContaining(erlang.nodeName());
        }
    }

    @Test
    @Says(in = Section.FLAGS, value = "Erlang answers not_allowed to an initiator without a mandatory flag.")
    void missingFlagsAreRefused() throws IOException {
        Identity poor = Identity.of(us, 4711, DistFlags.MANDATORY_26 & ~DistFlags.UTF8_ATOMS);
        try (SocketChannel channel = dial()) {
            HandshakeException failure = failed(
                    catchThrowableOfType(HandshakeException.class, () -> connect(channel, poor, erlang.cookie())));
            assertThat(failure.failure()).isEqualTo(Failure.REJECTED_BY_PEER);
            assertThat(failure).hasMessageContaining("lack UTF8_ATOMS (OTP 25 and later)");
        }
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "alive: an initiator with a broken connection answers true.")
    void aSecondConnectionReplacesTheFirst() throws IOException {
        try (SocketChannel first = dial();
                SocketChannel second = dial()) {
            connect(first, ourselves(), erlang.cookie());
            Await.until("the node to list this node", () -> connected(us));
            connect(second, ourselves(), erlang.cookie());

            // The old connection ends after a few ticks at most.
            DataInputStream in = new DataInputStream(Channels.newInputStream(first));
            int read = in.read();
            while (read == 0) {
                read = in.read();
            }
            assertThat(read).isEqualTo(-1);
            Await.until("the node to list this node again", () -> connected(us));
        }
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "alive: an initiator with a working connection answers false.")
    void aSecondConnectionIsClosedIfTheFirstWorks() throws IOException {
        try (SocketChannel first = dial();
                SocketChannel second = dial()) {
            connect(first, ourselves(), erlang.cookie());
            Await.until("the node to list this node", () -> connected(us));
            Initiator initiator = new Initiator(ourselves(), Cookie.of(erlang.cookie()), TIMEOUT);

            HandshakeException failure = failed(catchThrowableOfType(
                    HandshakeException.class, () -> initiator.connect(StreamTransport.tcp(second), peer, () -> false)));
            assertThat(failure.failure()).isEqualTo(Failure.ALREADY_CONNECTED);
            assertThat(connected(us)).isTrue();
        }
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "named: an initiator with DFLAG_NAME_ME gets a name and a creation.")
    void theNodeGivesThisNodeAName() throws IOException {
        try (SocketChannel channel = dial()) {
            HandshakeResult result =
                    connect(channel, Identity.nameless(TestHost.NAME, DistFlags.OURS), erlang.cookie());
            assertThat(result.self().host()).isEqualTo(TestHost.NAME);
            assertThat(result.creation()).isNotZero();
            Await.until("the node to list this node under its new name", () -> connected(result.self()));
        }
    }

    /// Accepts a connection of the Erlang node while it attempts to connect.
    private FutureTask<HandshakeResult> acceptDuring(AcceptPolicy policy, Runnable attempt) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(TestHost.address(), 0));
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            Acceptor acceptor = new Acceptor(ourselves(), Cookie.of(erlang.cookie()), TIMEOUT);
            FutureTask<HandshakeResult> accepted = new FutureTask<>(() -> {
                SocketChannel channel = server.accept();
                channels.add(channel);
                try {
                    return acceptor.accept(StreamTransport.tcp(channel), policy);
                } catch (HandshakeException e) {
                    channel.close();
                    throw e;
                }
            });
            try (TestEpmd.Registration _ = TestEpmd.register(us.alive(), port)) {
                Thread.ofVirtual().start(accepted);
                attempt.run();
            }
            return accepted;
        }
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "With Erlang as initiator, Pier sends status, challenge and challenge ack.")
    void theNodeConnectsToThisNode() throws IOException {
        HandshakeResult result = Await.result(
                "the handshake",
                acceptDuring(
                        hello -> new AcceptDecision.Ok(),
                        () -> assertThat(erlang.eval("net_kernel:connect_node('" + us + "')"))
                                .isEqualTo("true")));
        assertThat(result.peer()).isEqualTo(peer);
        assertThat(result.capabilities()).isEqualTo(common());
        assertThat(connected(us)).isTrue();
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "not_allowed: the acceptor refuses the connection.")
    void aNodeThatIsNotAllowedIsAnsweredSo() throws IOException {
        FutureTask<HandshakeResult> accepted = acceptDuring(
                hello -> new AcceptDecision.NotAllowed(),
                () -> assertThat(erlang.eval("net_kernel:connect_node('" + us + "')"))
                        .isEqualTo("false"));
        Await.until("the end of the handshake", accepted::isDone);
        assertThat(accepted.exceptionNow())
                .isInstanceOfSatisfying(
                        HandshakeException.class,
                        failure -> assertThat(failure.failure()).isEqualTo(Failure.REJECTED_BY_US));
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "An acceptor names a node without a name, on the host that it sent.")
    void aNodeWithoutANameGetsOne() throws IOException {
        NodeName given = new NodeName(TestHost.uniqueName("given"), TestHost.NAME);
        try (ErlangPeer nameless =
                ErlangPeer.with().nameless().cookie(erlang.cookie()).start()) {
            HandshakeResult result = Await.result(
                    "the handshake",
                    acceptDuring(
                            hello -> new AcceptDecision.Named(given, 77),
                            () -> assertThat(nameless.eval("net_kernel:connect_node('" + us + "')"))
                                    .isEqualTo("true")));
            assertThat(result.peer()).isEqualTo(given);
            assertThat(nameless.eval("{node(), erlang:system_info(creation)}")).isEqualTo("{" + given.atom() + ",77}");
        }
    }
}
