package dev.pier.erlang.handshake;

import static dev.pier.erlang.handshake.LoopbackScene.failure;
import static dev.pier.erlang.handshake.LoopbackScene.success;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An initiator and an acceptor of Pier with each other.
class BothRolesTest {
    private static final NodeName A = NodeName.parse("a@localhost");
    private static final NodeName B = NodeName.parse("b@localhost");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Cookie COOKIE = Cookie.of("secret");

    private SocketChannel initiating;
    private SocketChannel accepting;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(TestHost.address(), 0));
            initiating = SocketChannel.open(server.getLocalAddress());
            accepting = server.accept();
        }
    }

    @AfterEach
    void close() throws IOException {
        initiating.close();
        accepting.close();
    }

    private FutureTask<HandshakeResult> initiate(Identity self, Cookie cookie) {
        Initiator initiator = new Initiator(self, cookie, TIMEOUT);
        return run(initiating, () -> initiator.connect(StreamTransport.tcp(initiating), B, () -> true));
    }

    private FutureTask<HandshakeResult> accept(Cookie cookie, AcceptDecision decision) {
        Acceptor acceptor = new Acceptor(Identity.of(B, 9, DistFlags.OURS), cookie, TIMEOUT);
        return run(accepting, () -> acceptor.accept(StreamTransport.tcp(accepting), hello -> decision));
    }

    private static FutureTask<HandshakeResult> run(SocketChannel channel, Callable<HandshakeResult> handshake) {
        FutureTask<HandshakeResult> task = new FutureTask<>(() -> {
            try {
                return handshake.call();
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    @Test
    void bothSidesAgree() {
        long without = DistFlags.OURS & ~DistFlags.DIST_HDR_ATOM_CACHE;
        FutureTask<HandshakeResult> b = accept(COOKIE, new AcceptDecision.Alive());
        FutureTask<HandshakeResult> a = initiate(Identity.of(A, 8, without), Cookie.of("secret"));

        Capabilities common = Capabilities.negotiate(DistFlags.OURS, without);
        assertThat(success(a)).isEqualTo(new HandshakeResult(A, 8, B, 9, DistFlags.OURS, common));
        assertThat(success(b)).isEqualTo(new HandshakeResult(B, 9, A, 8, without, common));
        assertThat(common.atomCache()).isFalse();
        assertThat(common.fragments()).isTrue();
    }

    @Test
    void theAcceptorNamesTheInitiator() {
        FutureTask<HandshakeResult> b = accept(COOKIE, new AcceptDecision.Named(A, 8));
        FutureTask<HandshakeResult> a = initiate(Identity.nameless("localhost", DistFlags.OURS), COOKIE);

        assertThat(success(a).self()).isEqualTo(A);
        assertThat(success(a).creation()).isEqualTo(8);
        assertThat(success(b).peer()).isEqualTo(A);
    }

    @Test
    void differentCookiesAreNoticedOnBothSidesAndNotShown() {
        FutureTask<HandshakeResult> b = accept(Cookie.of("secret-of-b"), new AcceptDecision.Ok());
        FutureTask<HandshakeResult> a = initiate(Identity.of(A, 8, DistFlags.OURS), Cookie.of("secret-of-a"));

        assertThat(failure(b).failure()).isEqualTo(Failure.PEER_COOKIE_WRONG);
        assertThat(failure(a).failure()).isEqualTo(Failure.OUR_COOKIE_NOT_ACCEPTED);
        assertThat(failure(a)).hasMessageNotContaining("secret");
        assertThat(failure(b)).hasMessageNotContaining("secret");
    }

    @Test
    void withinTlsLengthsHaveFourBytes() throws IOException {
        Acceptor acceptor = new Acceptor(Identity.of(B, 9, DistFlags.OURS), COOKIE, TIMEOUT);
        FutureTask<HandshakeResult> b = run(
                accepting,
                () -> acceptor.accept(
                        StreamTransport.tls(
                                Channels.newInputStream(accepting), Channels.newOutputStream(accepting), accepting),
                        hello -> new AcceptDecision.Ok()));
        byte[] hello = Packets.hello(Identity.of(A, 8, DistFlags.OURS));
        ByteBuffer packet = ByteBuffer.allocate(4 + hello.length)
                .putInt(hello.length)
                .put(hello)
                .flip();
        initiating.write(packet);
        ByteBuffer status = ByteBuffer.allocate(7);
        while (status.hasRemaining()) {
            initiating.read(status);
        }
        assertThat(status.array()).containsExactly(0, 0, 0, 3, 's', 'o', 'k');

        initiating.close();
        assertThat(failure(b).failure()).isEqualTo(Failure.CLOSED);
    }

    @Test
    void nothingIsReadBeyondTheHandshake() throws IOException {
        FutureTask<HandshakeResult> b = accept(COOKIE, new AcceptDecision.Ok());
        FutureTask<HandshakeResult> a = initiate(Identity.of(A, 8, DistFlags.OURS), COOKIE);
        success(a);
        success(b);

        ByteBuffer tick = ByteBuffer.allocate(5);
        accepting.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 1}));
        while (tick.hasRemaining()) {
            initiating.read(tick);
        }
        assertThat(tick.array()).containsExactly(0, 0, 0, 0, 1);
    }
}
