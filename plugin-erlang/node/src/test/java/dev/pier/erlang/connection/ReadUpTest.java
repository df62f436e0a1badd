package dev.pier.erlang.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.transport.SocketTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a connection knows of its end, although its reader has been too slow to see it.
class ReadUpTest {
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch runReader = new CountDownLatch(1);
    private SocketChannel peer;
    private Connection connection;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketTransport transport = new SocketTransport(SocketChannel.open(server.getLocalAddress()));
            peer = server.accept();
            InboundHandler handler = new InboundHandler() {
                @Override
                public void signal(ControlMessage control, EncodedTerm payload) {}

                @Override
                public void oversized(ControlMessage control, EncodedTerm head, String limit) {}

                @Override
                public void ended(Disconnect disconnect) {
                    ended.countDown();
                }
            };
            connection = new Connection(
                    "test", transport, new Capabilities(DistFlags.OURS), ConnectionSettings.DEFAULT, handler);
        }
    }

    @AfterEach
    void close() throws IOException {
        runReader.countDown();
        connection.close("the test is over");
        peer.close();
        timer.shutdownNow();
    }

    @Test
    void anEndThatHasArrivedIsKnown() throws IOException {
        connection.start(this::late, timer);
        peer.close();
        Thread.ofVirtual().start(runReader::countDown);
        connection.awaitReadUp(Await.PATIENCE);
        assertThat(connection.isOpen()).isFalse();
        assertThat(ended.getCount()).as("it has been reported").isZero();
    }

    @Test
    void aConnectionThatWorksIsNotWaitedFor() {
        connection.start(THREADS, timer);
        for (int i = 0; i < 100; i++) {
            connection.awaitReadUp(Await.PATIENCE);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void aConnectionThatCannotStartReportsItsEnd() {
        timer.shutdownNow();
        assertThatThrownBy(() -> connection.start(THREADS, timer)).isInstanceOf(RejectedExecutionException.class);
        assertThat(connection.isOpen()).isFalse();
        assertThat(ended.getCount()).isZero();
    }

    /// Its threads run once they may.
    private Thread late(Runnable work) {
        return THREADS.newThread(() -> {
            try {
                runReader.await();
                work.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
