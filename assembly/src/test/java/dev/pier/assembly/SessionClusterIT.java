package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.Counter.Answer;
import dev.pier.assembly.Counter.Browser;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three Erlang nodes with sessions in Mnesia, two Piers that are connected to all of them, and haproxy in front, which
/// sends each request to either Pier.
class SessionClusterIT {
    private static final int CLIENTS = 64;
    private static final String COOKIE = "cluster";

    @TempDir
    Path home;

    private final List<ErlangPeer> nodes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final List<RunningPier> piers = new ArrayList<>();
    private @Nullable Process haproxy;
    private URI front;

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 3; i++) {
            ErlangPeer node = ErlangPeer.with().cookie(COOKIE).start();
            nodes.add(node);
            node.compile(Files.readString(Distribution.home().resolve("erlang/src/pier_sessions.erl")));
            node.eval("ok = application:start(mnesia)");
        }
        for (ErlangPeer node : nodes) {
            assertThat(node.eval("pier_sessions:setup([" + names("'") + "], #{})"))
                    .isEqualTo("ok");
        }
        for (int i = 0; i < 2; i++) {
            ports.add(freePort());
            piers.add(pier(i, "v0"));
        }
        int port = freePort();
        front = URI.create("http://127.0.0.1:" + port + "/");
        haproxy = startHaproxy(port);
        Await.until("haproxy", () -> isOpen(port));
    }

    private String names(String quote) {
        return nodes.stream().map(node -> quote + node.nodeName() + quote).collect(Collectors.joining(", "));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private RunningPier pier(int index, String version) throws Exception {
        ErlangPeer one = nodes.getFirst();
        RunningPier pier =
                RunningPier.in(home.resolve("pier" + index), one, """
                http.port = %d
                erlang.peers.backend { node = null, nodes = [%s] }
                sessions.store = erlang/backend
                """.formatted(ports.get(index), names("\"")));
        Counter.deploy(pier, version);
        return pier.start();
    }

    private Process startHaproxy(int port) throws IOException {
        Path settings = Files.writeString(home.resolve("haproxy.cfg"), """
                defaults
                  mode http
                  timeout connect 1s
                  timeout client 60s
                  timeout server 60s
                  retries 3
                  option redispatch
                  retry-on conn-failure empty-response
                  default-server inter 100ms fall 1 rise 1 check
                frontend front
                  bind 127.0.0.1:%d
                  default_backend piers
                backend piers
                  balance roundrobin
                  server one 127.0.0.1:%d
                  server two 127.0.0.1:%d
                """.formatted(port, ports.get(0), ports.get(1)));
        return new ProcessBuilder("haproxy", "-db", "-f", settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("haproxy.log").toFile())
                .start();
    }

    @AfterEach
    void stop() {
        if (haproxy != null) {
            haproxy.destroyForcibly();
        }
        piers.forEach(RunningPier::close);
        nodes.forEach(ErlangPeer::close);
    }

    /// Counts what browsers see.
    private static final class Load implements AutoCloseable {
        final AtomicInteger answers = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();

        /// Counts that are not above the count before, or what a browser failed with.
        final Queue<String> wrong = new ConcurrentLinkedQueue<>();

        private final AtomicBoolean ending = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Load(URI front) {
            for (int i = 0; i < CLIENTS; i++) {
                threads.add(Thread.ofVirtual().start(() -> browse(front)));
            }
        }

        private void browse(URI front) {
            int last = 0;
            try (Browser browser = new Browser()) {
                while (!ending.get()) {
                    try {
                        Answer answer = browser.get(front);
                        if (answer.status() != 200) {
                            failures.incrementAndGet();
                        } else if (answer.count() <= last) {
                            wrong.add(answer.body() + " after " + last);
                        } else {
                            last = answer.count();
                            answers.incrementAndGet();
                        }
                    } catch (IOException e) {
                        failures.incrementAndGet();
                    }
                }
            } catch (InterruptedException e) {
                wrong.add(e.toString());
            }
        }

        void awaitMore() {
            int before = answers.get();
            Await.until(
                    "requests", Duration.ofSeconds(60), () -> answers.get() > before + 5 * CLIENTS || !wrong.isEmpty());
        }

        @Override
        public void close() {
            ending.set(true);
            Await.until(
                    "the end of the browsers",
                    Duration.ofSeconds(70),
                    () -> threads.stream().noneMatch(Thread::isAlive));
        }
    }

    @Test
    void noCountGoesBackWhilePiersAreReplacedAndANodeIsKilled() throws Exception {
        Load load = new Load(front);
        try (load) {
            load.awaitMore();
            for (int round = 1; round <= 10; round++) {
                int index = round % 2;
                String version = "v" + round;
                Counter.deploy(piers.get(index), version);
                Await.until(
                        version, () -> piers.get(index).get("/app/count").body().endsWith(version));
                load.awaitMore();
                piers.get(1 - index).close();
                load.awaitMore();
                piers.set(1 - index, pier(1 - index, version));
                load.awaitMore();
                if (round == 5) {
                    nodes.get(2).kill();
                    load.awaitMore();
                }
            }
        }
        assertThat(load.wrong).isEmpty();
        assertThat(load.failures.get())
                .as("failures, beside %s answers", load.answers)
                .isLessThan(load.answers.get() / 10);
    }
}
