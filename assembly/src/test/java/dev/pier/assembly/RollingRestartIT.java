package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two Piers behind haproxy, with the example of docs/clusters.md, that are restarted in turn under load.
class RollingRestartIT {
    private static final int CLIENTS = 8;
    private static final int SIGTERM_STATUS = 143;

    @TempDir
    Path home;

    private final List<AutoCloseable> resources = new ArrayList<>();

    /// One server of the example, with the ports of its first start.
    private final class Host {
        final String name;
        final Path folder;
        PierProcess pier;
        final int port;
        final int adminPort;

        Host(String name, String settings) throws IOException {
            this.name = name;
            folder = Files.createDirectories(home.resolve(name));
            Path webapps = Files.createDirectories(folder.resolve("webapps"));
            Distribution.compileAndPack("Name", """
                    import jakarta.servlet.annotation.WebServlet;
                    import jakarta.servlet.http.*;
                    import java.io.IOException;
                    @WebServlet("/name")
                    public class Name extends HttpServlet {
                        @Override
                        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                                throws IOException {
                            response.getWriter().print(System.getenv("HOST_NAME"));
                        }
                    }
                    """, webapps.resolve("ROOT.jar"));
            pier = start(settings, 0, 0);
            port = pier.url().getPort();
            adminPort = pier.adminUrl().getPort();
        }

        void restart(String settings) throws Exception {
            pier.terminate();
            assertThat(pier.awaitEnd()).isEqualTo(SIGTERM_STATUS);
            pier.close();
            pier = start(settings, port, adminPort);
        }

        private PierProcess start(String settings, int port, int adminPort) throws IOException {
            Path conf = Files.writeString(folder.resolve("server.conf"), settings + """

                    http { host = 127.0.0.1, port = %d }
                    admin { host = 127.0.0.1, port = %d }
                    access-log.enabled = false
                    webapps { folder = webapps, work = work }
                    """.formatted(port, adminPort));
            PierProcess started = PierProcess.serving(folder, conf, Map.of("HOST_NAME", name));
            resources.add(started);
            return started;
        }
    }

    /// Clients that send one request after the other through haproxy, each on a connection of its own.
    private static final class Clients implements AutoCloseable {
        final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        final Map<String, AtomicInteger> answers = Map.of("web1", new AtomicInteger(), "web2", new AtomicInteger());
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean ending;

        Clients(URI uri) {
            for (int i = 0; i < CLIENTS; i++) {
                threads.add(Thread.ofVirtual().start(() -> run(uri)));
            }
        }

        private void run(URI uri) {
            try (HttpClient client =
                    HttpClient.newBuilder().version(Version.HTTP_1_1).build()) {
                HttpRequest request = HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(60))
                        .build();
                while (!ending) {
                    try {
                        var response = client.send(request, BodyHandlers.ofString());
                        AtomicInteger count = answers.get(response.body());
                        if (response.statusCode() == 200 && count != null) {
                            count.incrementAndGet();
                        } else {
                            failures.add(response.statusCode() + " " + response.body());
                        }
                    } catch (IOException e) {
                        failures.add(e.toString());
                    }
                    // Leaves the processor to the server that starts.
                    Thread.sleep(20);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /// Waits for further answers of both servers.
        void awaitBoth() {
            List<Integer> before =
                    answers.values().stream().map(AtomicInteger::get).toList();
            Await.until("further answers of both servers", PierProcess.START_TIMEOUT, () -> {
                List<AtomicInteger> now = List.copyOf(answers.values());
                return now.get(0).get() >= before.get(0) + 50 && now.get(1).get() >= before.get(1) + 50;
            });
        }

        @Override
        public void close() {
            ending = true;
            Await.until("the end of all clients", () -> threads.stream().noneMatch(Thread::isAlive));
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable resource : resources.reversed()) {
            resource.close();
        }
    }

    private static String example(String language) throws IOException {
        String page = Files.readString(Distribution.sources().resolve("docs/clusters.md"));
        String section = page.substring(page.indexOf("### haproxy"));
        Matcher block = Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(section);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void restartsInTurnFailNoRequest() throws Exception {
        // The first line; the others are for several machines and sessions.
        String settings = example("hocon").lines().findFirst().orElseThrow();
        assertThat(settings).contains("shutdown-delay");
        Host web1 = new Host("web1", settings);
        Host web2 = new Host("web2", settings);
        int port = freePort();
        URI uri = URI.create("http://127.0.0.1:" + port + "/name");
        startHaproxy(
                example("haproxy")
                        .replace("bind :80\n", "bind 127.0.0.1:" + port + "\n")
                        .replace("10.0.0.1:8080", "127.0.0.1:" + web1.port + " port " + web1.adminPort)
                        .replace("10.0.0.2:8080", "127.0.0.1:" + web2.port + " port " + web2.adminPort),
                uri);

        try (Clients clients = new Clients(uri)) {
            for (Host host : List.of(web1, web2)) {
                clients.awaitBoth();
                host.restart(settings);
            }
            clients.awaitBoth();
            System.out.println("RollingRestartIT: " + clients.answers + ", failures: " + clients.failures);
            assertThat(clients.failures).isEmpty();
        }
    }

    private void startHaproxy(String configuration, URI uri) throws IOException {
        assertThat(configuration).doesNotContain("10.0.0.", "bind :80");
        Path file = Files.writeString(home.resolve("haproxy.cfg"), configuration);
        Path log = home.resolve("haproxy.log");
        Process haproxy = new ProcessBuilder(
                        "sh", "-c", "PATH=$PATH:/usr/sbin exec haproxy -db -f \"$0\"", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        resources.add(haproxy::destroyForcibly);
        try (HttpClient client = HttpClient.newHttpClient()) {
            Await.until("haproxy; its output is in " + log, () -> haproxy.isAlive() && answers(client, uri));
        }
    }

    private static boolean answers(HttpClient client, URI uri) {
        try {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
