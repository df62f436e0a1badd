package dev.pier.assembly;

import static dev.pier.server.webapp.AppStatus.State.DEPLOYED;
import static dev.pier.server.webapp.AppStatus.State.FAILED_OLD_SERVING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.server.webapp.AppStatus;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A killed Erlang node and redeployments under the load of 32 clients.
class LoadIT {
    private static final int CLIENTS = 32;

    @TempDir
    Path home;

    /// Clients that send one request after the other until they are closed.
    private static final class Clients implements AutoCloseable {
        final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean ending;

        Clients(RunningPier pier, String path, String body) {
            for (int i = 0; i < CLIENTS; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    while (!ending) {
                        long start = System.nanoTime();
                        try {
                            HttpResponse<String> response = pier.post(path, body);
                            answers.add(new Answer(start, System.nanoTime(), response.statusCode(), response.body()));
                        } catch (RuntimeException e) {
                            failures.add(e);
                        }
                    }
                }));
            }
        }

        int count() {
            return answers.size();
        }

        void awaitMore(int further) {
            int before = count();
            Await.until(further + " further answers", () -> count() >= before + further);
        }

        @Override
        public void close() {
            ending = true;
            Await.until("the end of all clients", () -> threads.stream().noneMatch(Thread::isAlive));
        }
    }

    private record Answer(long start, long end, int status, String body) {}

    @Test
    void noRequestHangsWhenTheErlangNodeIsKilledAndServiceResumes() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.start();
                RunningPier pier = RunningPier.withSample(home, mortal, "erlang.peers.backend.timeout = 60 s")) {
            try (Clients waiting = new Clients(pier, "/call/pier_sample/sleep", "[50000]");
                    Clients busy = new Clients(pier, "/call/lists/sum", "[[1,2,3]]")) {
                busy.awaitMore(200);
                Await.until(
                        "all clients to wait",
                        () -> pier.admin("/metrics")
                                .body()
                                .lines()
                                .filter(line -> line.startsWith("pier_erlang_calls_active"))
                                .anyMatch(
                                        line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))) >= CLIENTS));
                assertThat(busy.answers).allMatch(answer -> answer.status() == 200);

                long killed = System.nanoTime();
                mortal.kill();
                Await.until(
                        "an answer for each waiting client",
                        () -> waiting.answers.stream()
                                        .filter(answer -> answer.start() < killed)
                                        .count()
                                == CLIENTS);
                List<Answer> interrupted = waiting.answers.stream()
                        .filter(answer -> answer.start() < killed)
                        .toList();
                assertThat(interrupted).allMatch(answer -> answer.status() == 502);
                assertThat(interrupted)
                        .as("within about a second; 3 s on a busy machine")
                        .allMatch(answer ->
                                Duration.ofNanos(answer.end() - killed).compareTo(Duration.ofSeconds(3)) < 0);

                busy.awaitMore(200);
                mortal.restart();
                Await.until(
                        "service",
                        () -> pier.post("/call/lists/sum", "[[1,2,3]]").statusCode() == 200);
                busy.awaitMore(200);
                assertThat(busy.answers)
                        .as("only these statuses")
                        .allMatch(answer -> List.of(200, 502, 503).contains(answer.status()));
                assertThat(busy.failures).isEmpty();
                assertThat(waiting.failures).isEmpty();
                // The waiting clients have sent new requests of 50 s, which only the end of the node interrupts.
                mortal.kill();
            }
            mortal.restart();
            assertThat(pier.awaitStatus("/hello", 200).body()).isEqualTo("hello world !");
        }
    }

    @Test
    void tenRedeploymentsFailNoRequest() throws Exception {
        try (ErlangPeer erlang = ErlangPeer.start();
                RunningPier pier = RunningPier.withSample(home, erlang, "")) {
            try (Clients clients = new Clients(pier, "/call/lists/sum", "[[1,2,3]]")) {
                for (int i = 0; i < 10; i++) {
                    clients.awaitMore(50);
                    Instant since = pier.awaitApplication("ROOT.jar", DEPLOYED).since();
                    pier.deploySample();
                    Await.until(
                            "version " + (i + 2),
                            () -> pier.awaitApplication("ROOT.jar", DEPLOYED)
                                    .since()
                                    .isAfter(since));
                }
                clients.awaitMore(50);

                Files.writeString(home.resolve("broken"), "this is not a jar");
                Distribution.put(home.resolve("broken"), pier.webapp("ROOT.jar"));
                AppStatus failed = pier.awaitApplication("ROOT.jar", FAILED_OLD_SERVING);
                assertThat(failed.reason()).contains("not a complete archive");
                assertThat(pier.admin("/status").body()).contains("failed, old version serving", "not a complete");
                clients.awaitMore(50);

                assertThat(clients.failures).isEmpty();
                assertThat(clients.answers)
                        .allMatch(answer ->
                                answer.status() == 200 && answer.body().strip().equals("6"));
            }
        }
    }
}
