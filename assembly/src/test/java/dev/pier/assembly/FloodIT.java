package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A `bin/pier` with a heap of 256 MiB, flooded by one peer, one stranger or one HTTP client at a time. Requests of
/// another client, with calls to another peer, go on.
class FloodIT {
    static final int MAX_CONNECTIONS = 400;

    private static final int CLIENTS = 8;

    /// How long each flood lasts. `bin/soak --floods` sets it.
    private static final Duration FLOODED = Duration.ofSeconds(Integer.getInteger("pier.floods.seconds", 2));

    /// The aim, which is printed. Only a request that fails or takes longer than its timeout fails the test, because
    /// other work on the machine counts as well.
    private static final double AIM = 3;

    @TempDir
    Path home;

    /// The times of requests.
    private record Times(List<Long> nanos, List<String> problems) {
        private Duration p99() {
            List<Long> sorted = nanos.stream().sorted().toList();
            return Duration.ofNanos(sorted.get((int) (0.99 * (sorted.size() - 1))));
        }

        private double over(Times other) {
            return (double) p99().toNanos() / other.p99().toNanos();
        }
    }

    @Test
    void othersAreServedWhileOneFloods() throws Exception {
        SequencedMap<String, Times> flooded = new LinkedHashMap<>();
        List<Times> quietOnes = new ArrayList<>();
        try (ErlangPeer backend = ErlangPeer.start();
                ErlangPeer greedy = ErlangPeer.with().cookie(backend.cookie()).start()) {
            Sample.teach(backend);
            String node = TestHost.nodeName(TestHost.uniqueName("pier"));
            Path conf = RunningPier.writeConf(
                    home,
                    RunningPier.erlangSettings(node, backend.cookieFile(), backend.nodeName())
                            + "http.max-connections = " + MAX_CONNECTIONS + "\nerlang.limits.calls = 2000\n");
            Distribution.put(Distribution.sampleJar(), home.resolve("webapps/ROOT.jar"));
            LazyApplication.jar(home.resolve("webapps/lazy.jar"));
            try (PierProcess pier = PierProcess.serving(home, conf)) {
                URI url = pier.url();
                Await.until("the backend", () -> pier.get("/hello").statusCode() == 200);
                measure(url, FLOODED);
                Times quiet = measure(url, FLOODED);
                assertThat(quiet.problems()).isEmpty();
                quietOnes.add(quiet);
                for (Flood flood : Flood.all()) {
                    Times times = flooded(flood, node, url, greedy);
                    flooded.put(flood.name(), times);
                    assertThat(pier.output()).as(flood.name()).doesNotContain("OutOfMemoryError");
                    assertThat(times.problems()).as(flood.name()).isEmpty();
                    assertThat(pier.getAdmin("/health/live").statusCode())
                            .as(flood.name())
                            .isEqualTo(200);
                    Await.until(
                            "rest after " + flood.name(),
                            () -> pier.get("/hello").statusCode() == 200);
                }
                // Warmer than before the floods.
                quietOnes.add(measure(url, FLOODED));
            }
        } finally {
            report(quietOnes, flooded);
        }
    }

    /// Compares with the better of the quiet times, and with those beside bytes that pass Pier by.
    private static void report(List<Times> quietOnes, SequencedMap<String, Times> flooded) {
        quietOnes.stream().min(Comparator.comparing(Times::p99)).ifPresent(quiet -> {
            Times comparison = flooded.isEmpty() ? quiet : flooded.firstEntry().getValue();
            System.out.println(line("quiet", quiet, quiet, comparison));
            flooded.forEach((name, times) -> System.out.println(line(name, times, quiet, comparison)));
        });
    }

    private static String line(String name, Times times, Times quiet, Times comparison) {
        double ratio = times.over(quiet);
        return String.format(
                Locale.ROOT,
                "%-42s %6d requests, p99 %7.1f ms, %5.1f times the quiet one, %5.1f times the comparison%s",
                name,
                times.nanos().size(),
                times.p99().toNanos() / 1e6,
                ratio,
                times.over(comparison),
                ratio > AIM ? " (more than " + AIM + ")" : "");
    }

    /// An address of its own, so that limits for one client are not those of the flood.
    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .localAddress(InetAddress.ofLiteral("127.0.0.2"))
                .build();
    }

    private static Times flooded(Flood flood, String node, URI url, ErlangPeer greedy) throws InterruptedException {
        AtomicBoolean ended = new AtomicBoolean();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Thread attacker = Thread.ofPlatform().start(() -> {
            try {
                flood.attack().on(new Flood.Target(node, url, greedy, ended::get));
            } catch (Throwable t) {
                if (!ended.get()) {
                    failures.add(t);
                }
            }
        });
        Times times;
        try {
            times = measure(url, FLOODED);
        } finally {
            ended.set(true);
            attacker.join(Await.PATIENCE);
        }
        assertThat(failures).as(flood.name() + " does what it says").isEmpty();
        assertThat(attacker.isAlive()).as(flood.name() + " has ended").isFalse();
        return times;
    }

    private static Times measure(URI url, Duration time) throws InterruptedException {
        try (HttpClient client = client()) {
            return measure(client, url, time);
        }
    }

    private static Times measure(HttpClient client, URI url, Duration time) throws InterruptedException {
        ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
        HttpRequest request = HttpRequest.newBuilder(url.resolve("/call/lists/sum"))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString("[[1,2,3]]"))
                .build();
        long until = System.nanoTime() + time.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                while (System.nanoTime() < until) {
                    long start = System.nanoTime();
                    try {
                        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
                        if (response.statusCode() != 200
                                || !response.body().strip().equals("6")) {
                            problems.add(response.statusCode() + " " + response.body());
                        }
                    } catch (IOException e) {
                        problems.add(e.toString());
                    } catch (InterruptedException e) {
                        return;
                    }
                    nanos.add(System.nanoTime() - start);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return new Times(List.copyOf(nanos), List.copyOf(problems));
    }
}
