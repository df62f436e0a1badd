package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A thousand sockets that get ten messages a second, while a hundred of their clients do not read. The messages of the
/// hundred are larger, so that the buffers of the kernel do not hold all of them.
class WebSocketLoadIT {
    private static final int READERS = 900;
    private static final int SILENT = 100;
    private static final int ROUNDS = 100;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int MESSAGE = 4 * 1024;

    private static final int LARGE_MESSAGE = 64 * 1024;

    private static final long MIB = 1024 * 1024;
    private static final long QUEUE = 256 * 1024;

    /// The growth that the heap may have: the queues of the silent sockets, and a rest for everything else.
    private static final long MAX_GROWTH = SILENT * QUEUE + 32 * MIB;

    private static final SendHandler IGNORE = _ -> {};

    @TempDir
    Path home;

    private final Collection<Session> sessions = new ConcurrentLinkedQueue<>();

    private List<Session> reading = List.of();
    private List<Session> silent = List.of();

    @Test
    void clientsThatDoNotReadCostTheOthersNothing() throws Exception {
        TestPlugin plugin = new TestPlugin(context -> context.bind("sessions", Collection.class, sessions));
        try (TestServer server = TestServer.in(home, "websocket.queue = " + QUEUE + " B", plugin)) {
            new Archive().source("app.Feed", """
                            package app;
                            import jakarta.websocket.*;
                            @SuppressWarnings({"unchecked", "rawtypes"})
                            @jakarta.websocket.server.ServerEndpoint("/feed")
                            public class Feed {
                                @jakarta.annotation.Resource(name = "sessions") java.util.Collection sessions;
                                @OnOpen public void open(Session session) { sessions.add(session); }
                                @OnClose public void close(Session session) { sessions.remove(session); }
                            }
                            """).jar(server.webapps().resolve("app.jar"));
            server.start();
            URI url = server.at("/app/feed");
            try (SocketReaders readers = new SocketReaders(url)) {
                for (int i = 0; i < READERS; i++) {
                    readers.open();
                }
                TestServer.await("all sockets are open", () -> sessions.size() == READERS);
                reading = List.copyOf(sessions);
                broadcast(readers); // Warms up.
                double alone = broadcast(readers);
                long heap = heap();
                for (int i = 0; i < SILENT; i++) {
                    readers.openSilent();
                }
                TestServer.await("the silent sockets are open", () -> sessions.size() == READERS + SILENT);
                silent = sessions.stream()
                        .filter(session -> !reading.contains(session))
                        .toList();
                double together = broadcast(readers);

                long growth = heap() - heap;
                System.out.printf(
                        "p99 of %d sockets: %.1f ms, with %d that do not read %.1f ms: ratio %.2f; heap %+d MiB,"
                                + " %d silent sockets are still open%n",
                        READERS, alone, SILENT, together, together / alone, growth / MIB, sessions.size() - READERS);
                assertThat(growth).as("growth of the heap").isLessThan(MAX_GROWTH);
                TestServer.await("the silent sockets are closed, and no other", () -> {
                    sendToSilent();
                    return sessions.size() == READERS;
                });
                assertThat(reading).allMatch(Session::isOpen);
                assertThat(silent).noneMatch(Session::isOpen);
            }
        }
    }

    /// Sends the rounds of messages to all sockets, and waits until the readers have each of them.
    ///
    /// @return the 99th percentile of the readers' latencies in milliseconds
    private double broadcast(SocketReaders readers) throws Exception {
        long before = readers.messages();
        readers.latencies();
        for (int round = 0; round < ROUNDS; round++) {
            for (Session session : reading) {
                session.getAsyncRemote().sendText(SocketReaders.message(MESSAGE), IGNORE);
            }
            sendToSilent();
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        TestServer.await("each reader has each message", () -> readers.messages() - before == (long) READERS * ROUNDS);
        List<Long> latencies = readers.latencies();
        return latencies.get(latencies.size() * 99 / 100) / 1e6;
    }

    private void sendToSilent() {
        for (Session session : silent) {
            if (session.isOpen()) {
                session.getAsyncRemote().sendText("x".repeat(LARGE_MESSAGE), IGNORE);
            }
        }
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
