package dev.pier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectorCheckTest {
    private final Server server = new Server();
    private final ConnectorCheck.Port port = new ConnectorCheck.Port(server, new HttpConnectionFactory());
    private final ConnectorCheck check = new ConnectorCheck(List.of(port), Duration.ofMillis(50));

    @BeforeEach
    void start() throws Exception {
        port.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(port);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void aPortThatAcceptsIsUpBusyOrNot() throws Exception {
        for (int i = 0; i < 5; i++) {
            new Socket(InetAddress.getLoopbackAddress(), port.getLocalPort()).close();
            check.look();
        }
        await(() -> check.check().up());
        port.setAccepting(false);
        new Socket(InetAddress.getLoopbackAddress(), port.getLocalPort()).close();
        check.look();
        await(() -> check.check().up());
    }

    @Test
    void aPortThatIsClosedForAStopIsUp() {
        CompletableFuture<Void> _ = port.shutdown();
        assertThat(port.isOpen()).isFalse();
        assertThat(check.check().up()).isTrue();
    }

    @Test
    void aClientThatConnectsDuringTheShutdownIsNotForgotten() throws Exception {
        for (int round = 0; round < 100; round++) {
            ConnectorCheck.Port closing = new ConnectorCheck.Port(server, new HttpConnectionFactory());
            closing.setHost(port.getHost());
            closing.start();
            InetSocketAddress address = new InetSocketAddress(port.getHost(), closing.getLocalPort());
            CyclicBarrier together = new CyclicBarrier(2);
            Thread stopping = Thread.ofPlatform().start(() -> {
                try {
                    together.await();
                    CompletableFuture<Void> _ = closing.shutdown();
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            });
            together.await();
            assertThat(answersOrEnds(address)).as("round " + round).isTrue();
            stopping.join();
            closing.stop();
        }
    }

    /// Whether a request has any outcome: a response, a refused connection, its end, or a reset.
    private static boolean answersOrEnds(InetSocketAddress address) {
        try (Socket client = new Socket()) {
            client.setSoTimeout(20_000);
            client.connect(address);
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().readAllBytes();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aPortWithoutAnAcceptorIsDown() {
        await(() -> acceptor().isPresent());
        acceptor().ifPresent(Thread::interrupt);
        await(() -> !check.check().up());
        assertThat(check.check().data().get("problem")).asString().contains("port");
    }

    private static Optional<Thread> acceptor() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("-acceptor-"))
                .findFirst();
    }

    @Test
    void aSelectorThatIsStuckIsDown() {
        ManagedSelector selector = port.getSelectorManager()
                .getBeans(ManagedSelector.class)
                .iterator()
                .next();
        CountDownLatch release = new CountDownLatch(1);
        selector.submit(_ -> {
            try {
                release.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        check.look();
        await(() -> !check.check().up());
        assertThat(check.check().data().get("problem")).asString().contains("selectors are stuck");
        release.countDown();
        await(() -> check.check().up());
    }
}
