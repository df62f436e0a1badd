package dev.pier.erlang.transport;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The two ends of a connection over the loopback interface, in blocking mode.
final class TlsScene implements AutoCloseable {
    static final NodeName PEER = NodeName.parse("peer@" + TestHost.NAME);
    static final Duration WITHIN = Duration.ofSeconds(10);

    final SocketChannel connecting;
    final SocketChannel accepting;

    TlsScene() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(TestHost.address(), 0));
            connecting = SocketChannel.open(server.getLocalAddress());
            accepting = server.accept();
        }
    }

    static TlsSettings settings(TestTls files) {
        return TlsSettings.pem(files.certificate(), files.key(), files.caFile())
                .withVersions(files.versions().toArray(String[]::new));
    }

    /// The outcome at one end.
    record End(@Nullable PeerSocket socket, @Nullable HandshakeException refusal) {
        PeerSocket open() {
            if (socket == null) {
                throw new AssertionError("no connection", refusal);
            }
            return socket;
        }

        HandshakeException refused() {
            if (refusal == null) {
                throw new AssertionError("the TLS handshake was to fail");
            }
            return refusal;
        }
    }

    FutureTask<End> connect(Tls tls) {
        return run(connecting, () -> tls.connected(connecting, PEER, WITHIN));
    }

    FutureTask<End> accept(Tls tls) {
        return run(accepting, () -> tls.accepted(accepting, WITHIN));
    }

    /// As the engine does, closes the channel of an attempt that fails.
    private static FutureTask<End> run(SocketChannel channel, Callable<PeerSocket> handshake) {
        FutureTask<End> task = new FutureTask<>(() -> {
            try {
                return new End(handshake.call(), null);
            } catch (HandshakeException e) {
                channel.close();
                return new End(null, e);
            }
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    static <T> T result(FutureTask<T> task) {
        try {
            return task.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed with an unexpected exception", e.getCause());
        } catch (Exception e) {
            throw new AssertionError("no result", e);
        }
    }

    @Override
    public void close() throws IOException {
        connecting.close();
        accepting.close();
    }
}
