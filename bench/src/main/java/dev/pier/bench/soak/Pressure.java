package dev.pier.bench.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/// Everything that presses on a server at the same time. Ends with [#close].
final class Pressure implements AutoCloseable {
    private static final int CLIENTS = 16;
    private static final int SLOW_READERS = 4;
    private static final int STRANGERS = 8;
    private static final int MAX_STRANGER_BYTES = 200;

    /// A request that takes longer has hung: the call's own timeout is 5 s.
    private static final Duration HANG = Duration.ofSeconds(20);

    /// How long after a kill requests may fail: the restart, and one pause of the backoff.
    private static final Duration RECOVERY = Duration.ofSeconds(25);

    private static final Duration KILL_INTERVAL = Duration.ofSeconds(40);
    private static final Duration REDEPLOY_INTERVAL = Duration.ofSeconds(3);
    private static final Duration SLOW_READ = Duration.ofSeconds(15);
    private static final long LIST_BYTES = 20_000_000;

    private final Scene scene;
    private final Server server;
    private final int nodePort;
    private final Path classes;
    private final Tally tally;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(HANG)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    private volatile boolean stopping;
    private volatile long lastKill = System.nanoTime();

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    /// @param nodePort where the server's node listens
    /// @param classes the compiled classes of the bench, of which a second application is made
    Pressure(Scene scene, Server server, int nodePort, Path classes, Tally tally) {
        this.scene = scene;
        this.server = server;
        this.nodePort = nodePort;
        this.classes = classes;
        this.tally = tally;
    }

    void begin() throws IOException, InterruptedException {
        scene.backend().command("prepare " + LIST_BYTES);
        redeploy();
        awaitSecond();
        for (int i = 0; i < CLIENTS; i++) {
            repeat("a client", () -> request("/call", true));
        }
        repeat("a client of the second application", () -> request("/second/nocall", false));
        repeat("the redeployments", () -> {
            Thread.sleep(REDEPLOY_INTERVAL);
            redeploy();
        });
        repeat("the kills", this::kill);
        for (int i = 0; i < SLOW_READERS; i++) {
            repeat("a slow reader", this::readSlowly);
        }
        for (int i = 0; i < STRANGERS; i++) {
            repeat("a stranger", this::visit);
        }
    }

    private void repeat(String activity, Step step) {
        threads.execute(() -> {
            while (!stopping) {
                try {
                    step.run();
                } catch (IOException | RuntimeException e) {
                    if (!stopping) {
                        tally.wrong(activity + ": " + e);
                    }
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    /// @param calls whether the response depends on the Erlang node
    private void request(String path, boolean calls) throws InterruptedException {
        long id = ThreadLocalRandom.current().nextLong(1_000_000);
        HttpRequest request = HttpRequest.newBuilder(server.at(path + "?id=" + id))
                .timeout(HANG)
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            tally.requests.increment();
            judge(path, id, calls, response);
        } catch (HttpTimeoutException e) {
            tally.hung(path);
        } catch (IOException e) {
            if (!stopping) {
                tally.wrong(path + ": " + e);
            }
        }
    }

    private void judge(String path, long id, boolean calls, HttpResponse<String> response) {
        int status = response.statusCode();
        if (status == 200) {
            String expected = "[" + id + ",\"hello, world\"]";
            if (!response.body().equals(expected)) {
                tally.wrong(path + ": " + response.body() + " instead of " + expected);
            }
        } else if (calls && status >= 502 && System.nanoTime() - lastKill < RECOVERY.toNanos()) {
            tally.failedByKill.increment();
        } else {
            tally.wrong(path + ": status " + status + ", " + response.body());
        }
    }

    private void kill() throws IOException, InterruptedException {
        Thread.sleep(KILL_INTERVAL);
        lastKill = System.nanoTime();
        scene.restartBackend().command("prepare " + LIST_BYTES);
        lastKill = System.nanoTime();
        tally.kills.increment();
    }

    /// Replaces the second application by a new version of itself.
    private void redeploy() throws IOException {
        Path jar = server.webapps().resolve("second.jar");
        Path part = server.webapps().resolveSibling("second.part");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(part))) {
            out.putNextEntry(new JarEntry("version.txt"));
            out.write(Long.toString(System.nanoTime()).getBytes(US_ASCII));
            for (String folder : new String[] {"pierapp", "driven"}) {
                add("dev/pier/bench/" + folder, out);
            }
        }
        Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE);
        tally.redeployments.increment();
    }

    private void add(String folder, JarOutputStream out) throws IOException {
        try (Stream<Path> files = Files.list(classes.resolve(folder))) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                // The rest would expose the same functions as the first application.
                if (name.startsWith("NoCall") || folder.endsWith("driven")) {
                    out.putNextEntry(new JarEntry(folder + "/" + name));
                    Files.copy(file, out);
                }
            }
        }
    }

    private void awaitSecond() throws IOException, InterruptedException {
        long end = System.nanoTime() + HANG.toNanos();
        HttpRequest request = HttpRequest.newBuilder(server.at("/second/nocall?id=1"))
                .timeout(HANG)
                .build();
        while (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("the second application is not deployed");
            }
            Thread.sleep(Duration.ofMillis(50));
        }
    }

    /// Reads a large stream at a few hundred bytes a second, and leaves.
    private void readSlowly() throws InterruptedException {
        try (Socket socket = new Socket(server.at("/").getHost(), server.at("/").getPort())) {
            socket.setReceiveBufferSize(4096);
            socket.setSoTimeout(Math.toIntExact(HANG.toMillis()));
            socket.getOutputStream().write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
            long end = System.nanoTime() + SLOW_READ.toNanos();
            byte[] buffer = new byte[64];
            while (!stopping
                    && System.nanoTime() - end < 0
                    && socket.getInputStream().read(buffer) > 0) {
                Thread.sleep(Duration.ofMillis(200));
            }
            tally.slowReaders.increment();
        } catch (IOException e) {
            // A stream ends with the node that sends it.
            Thread.sleep(Duration.ofMillis(200));
        }
    }

    /// Connects to the node without the cookie, sends nonsense or nothing, and waits for the end.
    private void visit() throws InterruptedException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nodePort)) {
            socket.setSoTimeout(Math.toIntExact(HANG.toMillis()));
            if (random.nextInt(10) > 0) {
                byte[] nonsense = new byte[random.nextInt(1, MAX_STRANGER_BYTES)];
                random.nextBytes(nonsense);
                nonsense[0] = 0;
                socket.getOutputStream().write(nonsense);
            }
            while (socket.getInputStream().read() >= 0) {
                // Whatever it says.
            }
        } catch (IOException closed) {
            // The usual end.
        }
        tally.strangers.increment();
        Thread.sleep(Duration.ofMillis(50));
    }

    /// Stops everything, and waits for it.
    @Override
    public void close() {
        stopping = true;
        threads.shutdown();
        try {
            if (!threads.awaitTermination(2 * HANG.toSeconds(), TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
        client.shutdownNow();
    }
}
