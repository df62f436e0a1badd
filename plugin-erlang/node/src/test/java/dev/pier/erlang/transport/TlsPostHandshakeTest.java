package dev.pier.erlang.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that a peer may make after the TLS handshake. The peer is an engine in the hands of the test.
class TlsPostHandshakeTest {
    private static final TestTls FILES = TestTls.create();

    private TlsScene scene;

    @BeforeEach
    void open() throws IOException {
        scene = new TlsScene();
    }

    @AfterEach
    void close() throws IOException {
        scene.close();
    }

    /// An engine over a socket in blocking mode.
    private static final class EnginePeer {
        private final SSLEngine engine;
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocate(40_000).limit(0);
        private final ByteBuffer out = ByteBuffer.allocate(40_000);
        private final ByteBuffer plain = ByteBuffer.allocate(40_000);

        EnginePeer(SSLEngine engine, SocketChannel channel) {
            this.engine = engine;
            this.channel = channel;
        }

        EnginePeer shakeHands() throws IOException {
            engine.beginHandshake();
            while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> engine.getDelegatedTask().run();
                    case NEED_WRAP -> write("");
                    default -> read();
                }
            }
            return this;
        }

        void write(String text) throws IOException {
            ByteBuffer data = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            do {
                engine.wrap(data, out.clear());
                out.flip();
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            } while (data.hasRemaining());
        }

        /// Reads one record; its data is in `plain`.
        SSLEngineResult read() throws IOException {
            while (true) {
                SSLEngineResult result = engine.unwrap(in, plain);
                if (result.getStatus() != SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                    return result;
                }
                in.compact();
                int read = channel.read(in);
                in.flip();
                if (read < 0) {
                    throw new IOException("closed");
                }
            }
        }

        String text(int length) throws IOException {
            while (plain.position() < length) {
                read();
            }
            String text = new String(plain.array(), 0, length, StandardCharsets.US_ASCII);
            plain.clear();
            return text;
        }
    }

    private static Tls tls(String version) throws IOException {
        return Tls.load(TlsScene.settings(FILES.withVersions(version)));
    }

    private static TlsContext context(String version) throws IOException {
        return TlsContext.load(TlsScene.settings(FILES.withVersions(version)));
    }

    private FutureTask<EnginePeer> peer(SSLEngine engine, SocketChannel channel) {
        FutureTask<EnginePeer> task = new FutureTask<>(() -> new EnginePeer(engine, channel).shakeHands());
        Thread.ofVirtual().start(task);
        return task;
    }

    private static String read(Transport transport, int length) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        while (all.hasRemaining()) {
            assertThat(transport.read(all)).isPositive();
        }
        return new String(all.array(), StandardCharsets.US_ASCII);
    }

    private static void write(Transport transport, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        transport.writeWhatFits(bytes);
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void newKeysAreAnsweredByNewKeys() throws Exception {
        FutureTask<EnginePeer> connecting = peer(context("TLSv1.3").outgoing(TestHost.NAME, 1), scene.connecting);
        Transport transport =
                TlsScene.result(scene.accept(tls("TLSv1.3"))).open().transport();
        EnginePeer peer = TlsScene.result(connecting);
        peer.write("before");
        assertThat(read(transport, 6)).isEqualTo("before");

        CompletableFuture<String> after = CompletableFuture.supplyAsync(() -> {
            try {
                return read(transport, 5);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        for (int i = 0; i < 40; i++) {
            // SPEC: RFC 8446, 4.6.3: the message asks for an update of the other side's keys, too.
            peer.engine.beginHandshake();
            peer.write("");
            // The answer comes without anything else to write. It produces no data.
            SSLEngineResult answer = peer.read();
            while (answer.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                peer.engine.getDelegatedTask().run();
                answer = peer.read();
            }
            assertThat(answer.bytesProduced()).isZero();
        }
        peer.write("after");
        assertThat(after.get(10, TimeUnit.SECONDS)).isEqualTo("after");
        write(transport, "to the peer");
        assertThat(peer.text(11)).isEqualTo("to the peer");
        transport.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNewHandshakeIsRefused(boolean peerConnects) throws Exception {
        FutureTask<TlsScene.End> own = peerConnects ? scene.accept(tls("TLSv1.2")) : scene.connect(tls("TLSv1.2"));
        EnginePeer peer = TlsScene.result(
                peerConnects
                        ? peer(context("TLSv1.2").outgoing(TestHost.NAME, 1), scene.connecting)
                        : peer(context("TLSv1.2").incoming(), scene.accepting));
        Transport transport = TlsScene.result(own).open().transport();
        peer.write("data");
        assertThat(read(transport, 4)).isEqualTo("data");

        peer.engine.beginHandshake();
        peer.write("");
        assertThatThrownBy(() -> transport.read(ByteBuffer.allocate(1)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessage("the peer asked for a new TLS handshake (renegotiation), which is refused");
        transport.close();
    }

    /// A connection with a peer that does not read, and with as much on its way as finds room.
    private record Filled(Transport transport, EnginePeer peer) {}

    private Filled filled() throws Exception {
        // With buffers of a fixed size the kernel takes no more than they hold.
        scene.accepting.setOption(StandardSocketOptions.SO_SNDBUF, 16 << 10);
        scene.connecting.setOption(StandardSocketOptions.SO_RCVBUF, 16 << 10);
        FutureTask<EnginePeer> connecting = peer(context("TLSv1.3").outgoing(TestHost.NAME, 1), scene.connecting);
        Transport transport =
                TlsScene.result(scene.accept(tls("TLSv1.3"))).open().transport();
        EnginePeer peer = TlsScene.result(connecting);
        ByteBuffer much = ByteBuffer.allocate(32 << 20);
        for (int left = 0; left != much.remaining(); transport.writeWhatFits(much)) {
            left = much.remaining();
        }
        assertThat(much.hasRemaining()).isTrue();
        return new Filled(transport, peer);
    }

    @Test
    void anAnswerThatFindsNoRoomDoesNotEndAConnectionThatDelivers() throws Exception {
        Filled filled = filled();
        EnginePeer peer = filled.peer();
        Transport transport = filled.transport();
        peer.engine.beginHandshake();
        peer.write("");
        for (int i = 0; i < 100; i++) {
            peer.write("data");
            assertThat(read(transport, 4)).isEqualTo("data");
        }
        transport.close();
    }

    @Test
    void aPeerThatAsksAndDoesNotReadIsAViolation() throws Exception {
        Filled filled = filled();
        EnginePeer peer = filled.peer();
        Transport transport = filled.transport();
        for (int i = 0; i < 40; i++) {
            peer.engine.beginHandshake();
            peer.write("");
        }
        assertThatThrownBy(() -> transport.read(ByteBuffer.allocate(1)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("TLS messages that need an answer");
        transport.close();
    }

    /// The key exchange and the certificates of a peer that was met before are spared.
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aFurtherConnectionResumesTheSession(String version) throws Exception {
        Tls tls = tls(version);
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(TestHost.address(), 0));
            long first = sessionAfterAnExchange(tls, server);
            Await.until("the clock to go on", () -> System.currentTimeMillis() > first + 20);
            assertThat(sessionAfterAnExchange(tls, server)).isEqualTo(first);
            // A renewed certificate begins anew.
            assertThat(sessionAfterAnExchange(tls(version), server)).isGreaterThan(first);
        }
    }

    /// @return when the session was created that the connection uses
    private static long sessionAfterAnExchange(Tls tls, ServerSocketChannel server) throws Exception {
        try (SocketChannel connecting = SocketChannel.open(server.getLocalAddress());
                SocketChannel accepting = server.accept()) {
            FutureTask<PeerSocket> accepted = new FutureTask<>(() -> tls.accepted(accepting, TlsScene.WITHIN));
            Thread.ofVirtual().start(accepted);
            TlsSocket own = (TlsSocket) tls.connected(connecting, TlsScene.PEER, TlsScene.WITHIN);
            PeerSocket other = accepted.get(10, TimeUnit.SECONDS);
            // In TLS 1.3 the ticket comes with the first data.
            other.packets().send(new byte[] {1}, TlsScene.WITHIN);
            assertThat(own.packets().receive(TlsScene.WITHIN)).containsExactly(1);
            return own.session().getCreationTime();
        }
    }
}
