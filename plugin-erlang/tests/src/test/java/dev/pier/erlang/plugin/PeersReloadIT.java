package dev.pier.erlang.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.server.ApplicationServer;
import dev.pier.server.ReloadableServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Peers that a running server takes up when `server.conf` changes.
class PeersReloadIT {
    @RegisterExtension
    static final ErlangPeer first = ErlangPeer.start();

    @RegisterExtension
    static final ErlangPeer second = ErlangPeer.with().cookie(first.cookie()).start();

    @RegisterExtension
    static final ErlangPeer third = ErlangPeer.with().cookie(first.cookie()).start();

    private static final String WORK = """
            -module(work).
            -export([run/1]).
            run(Ms) -> timer:sleep(Ms), node().
            """;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient client = HttpClient.newHttpClient();
    private final String name = TestHost.uniqueName("web") + "@" + TestHost.NAME;

    @TempDir
    Path home = Path.of("");

    private ApplicationServer server;

    @BeforeAll
    static void compileWork() {
        List.of(first, second, third).forEach(node -> node.compile(WORK));
    }

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(home.resolve("conf"));
        Files.createDirectories(home.resolve("webapps"));
        // It has the cookie.
        Files.createFile(conf(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        app("caller", "backend");
        write(node("backend", first) + node("other", second));
        server = ReloadableServer.start(conf(), () -> List.of(new ErlangPlugin()));
        awaitConnected("backend");
        awaitConnected("other");
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    private Path conf() {
        return home.resolve("conf/server.conf");
    }

    private static String node(String peer, ErlangPeer... nodes) {
        String names = String.join(", ", names(nodes));
        return "erlang.peers.%s { nodes = [ %s ], timeout = 10 s }\n".formatted(peer, names);
    }

    private static List<String> names(ErlangPeer... nodes) {
        return List.of(nodes).stream()
                .map(node -> "\"" + node.nodeName() + "\"")
                .toList();
    }

    private void write(String settings) throws Exception {
        Files.writeString(conf(), """
                http { host = 127.0.0.1, port = 0 }
                admin { port = 0, token-file = admin.token }
                webapps { folder = ../webapps, scan-interval = 100 ms }
                access-log.enabled = false
                erlang { node = "%s", cookie = "%s", epmd.port = %d }
                """.formatted(name, first.cookie(), TestEpmd.port()) + settings);
    }

    /// An application that calls `work:run/1` on an injected peer.
    private void app(String app, String peer) throws Exception {
        Path source = Files.createDirectories(home.resolve("source-" + app)).resolve("Caller.java");
        Files.writeString(source, """
                import jakarta.annotation.Resource;
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;

                @WebServlet("/call")
                public class Caller extends HttpServlet {
                    @Resource(name = "erlang/%s")
                    dev.pier.erlang.Peer peer;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws java.io.IOException {
                        int millis = Integer.parseInt(request.getParameter("millis"));
                        response.getWriter().print(peer.call("work", "run", millis).as(String.class));
                    }
                }
                """.formatted(peer));
        Path classes = Files.createDirectories(home.resolve("app-" + app + "/WEB-INF/classes"));
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        assertThat(compiler.run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString()))
                .isZero();
        Files.move(home.resolve("app-" + app), home.resolve("webapps").resolve(app));
    }

    private HttpResponse<String> call(String app, int millis) throws Exception {
        return get(server.url().resolve("/" + app + "/call?millis=" + millis));
    }

    private CompletableFuture<HttpResponse<String>> callAsync(String app, int millis) {
        URI uri = server.url().resolve("/" + app + "/call?millis=" + millis);
        return client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(URI uri) throws Exception {
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> reload(String settings) throws Exception {
        write(settings);
        String token = Files.readString(home.resolve("conf/admin.token")).strip();
        return client.send(
                HttpRequest.newBuilder(server.adminUrl().resolve("/reload"))
                        .header("Authorization", "Bearer " + token)
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode reloaded(String settings) throws Exception {
        HttpResponse<String> response = reload(settings);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private JsonNode status(String peer) throws Exception {
        return JSON.readTree(get(server.adminUrl().resolve("/status")).body())
                .path("plugins")
                .path("erlang")
                .path("peers")
                .path(peer);
    }

    private String admin(String path) throws Exception {
        return get(server.adminUrl().resolve(path)).body();
    }

    private void awaitConnected(String peer) throws Exception {
        JsonNode _ = Await.value(
                "connected nodes of " + peer,
                () -> status(peer),
                it -> it.has("state") && !it.toString().matches(".*\"state\":\"(?!CONNECTED).*"));
    }

    /// Whether a node has a connection to the server.
    private boolean isConnected(ErlangPeer node) {
        return node.eval("lists:member('" + name + "', nodes(hidden))").equals("true");
    }

    /// Requests without a pause.
    private final class Load implements AutoCloseable {
        final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
        final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        private volatile boolean over;

        Load(int count) {
            for (int i = 0; i < count; i++) {
                clients.execute(this::run);
            }
        }

        private void run() {
            while (!over) {
                try {
                    HttpResponse<String> response = call("caller", 2);
                    if (response.statusCode() == 200) {
                        answers.computeIfAbsent(response.body(), _ -> new LongAdder())
                                .increment();
                    } else {
                        failures.add(response.body());
                    }
                } catch (Exception e) {
                    failures.add(e.toString());
                }
            }
        }

        long of(ErlangPeer node) {
            LongAdder count = answers.get(node.nodeName());
            return count == null ? 0 : count.sum();
        }

        void awaitMoreOf(ErlangPeer node) {
            long goal = of(node) + 50;
            Await.until("answers of " + node.nodeName(), () -> of(node) >= goal || !failures.isEmpty());
            assertThat(failures).isEmpty();
        }

        @Override
        public void close() {
            over = true;
            clients.close();
        }
    }

    @Test
    void nodesComeAndGoUnderLoad() throws Exception {
        JsonNode before = status("backend");
        JsonNode other = status("other");
        try (Load load = new Load(8)) {
            load.awaitMoreOf(first);
            JsonNode outcome = reloaded(node("backend", first, third) + node("other", second));
            assertThat(outcome.path("changed").toString()).isEqualTo("[\"erlang.peers.backend.nodes\"]");
            assertThat(outcome.path("needsRestart").toString()).isEqualTo("[]");
            load.awaitMoreOf(third);
            load.awaitMoreOf(first);
            assertThat(status("backend").path("nodes").path(0).path("since")).isEqualTo(before.path("since"));

            JsonNode _ = reloaded(node("backend", third) + node("other", second));
            Await.until("the end of the connection", () -> !isConnected(first));
            load.awaitMoreOf(third);
            assertThat(isConnected(first)).isFalse();

            // To other nodes altogether, back and forth.
            for (int i = 0; i < 10; i++) {
                JsonNode _ = reloaded(node("backend", i % 2 == 0 ? first : third) + node("other", second));
                load.awaitMoreOf(i % 2 == 0 ? first : third);
            }
            assertThat(load.failures).isEmpty();
        }
        assertThat(status("other").path("since")).isEqualTo(other.path("since"));
        assertThat(status("other").path("reconnects").asInt()).isZero();
    }

    @Test
    void aRunningCallEndsAndNewCallsHaveTheNewSettings() throws Exception {
        CompletableFuture<HttpResponse<String>> running = callAsync("caller", 1_500);
        JsonNode _ = Await.value(
                "the running call",
                () -> status("backend"),
                it -> it.path("calls").asInt() == 1);
        JsonNode _ = reloaded(node("backend", third).replace("10 s", "100 ms") + node("other", second));
        awaitConnected("backend");
        assertThat(call("caller", 1).body()).isEqualTo(third.nodeName());
        assertThat(call("caller", 60_000).statusCode()).as("the new timeout").isEqualTo(504);
        assertThat(running.isDone()).isFalse();
        assertThat(isConnected(first)).isTrue();
        HttpResponse<String> answer = Await.result("the running call", running);
        assertThat(answer.body()).isEqualTo(first.nodeName());
        Await.until("the end of the connection", () -> !isConnected(first));
    }

    @Test
    void aPeerComesGoesAndComesBack() throws Exception {
        String two = node("backend", first) + node("other", second);
        String fresh = node("fresh", third) + "erlang.peers.fresh.required = all\n";
        app("late", "fresh");
        String _ = Await.value(
                "the application that lacks its peer", () -> admin("/status"), it -> it.contains("erlang/fresh"));
        assertThat(call("late", 1).statusCode()).isNotEqualTo(200);

        // An application that could not be deployed is deployed again by the reload.
        JsonNode outcome = reloaded(two + fresh);
        assertThat(outcome.path("changed").toString())
                .isEqualTo("[\"erlang.peers.fresh.nodes\",\"erlang.peers.fresh.required\","
                        + "\"erlang.peers.fresh.timeout\"]");
        assertThat(outcome.path("applications").toString()).contains("\"state\":\"deployed\"");
        assertThat(call("late", 1).body()).isEqualTo(third.nodeName());
        assertThat(admin("/health/ready")).contains("\"erlang/fresh\"");
        assertThat(admin("/metrics")).contains("pier_erlang_connected{", "peer=\"fresh\"");
        assertThat(status("fresh").path("state").asString()).isEqualTo("CONNECTED");
        JsonNode other = status("other");

        JsonNode _ = reloaded(two);
        HttpResponse<String> gone = call("late", 1);
        assertThat(gone.statusCode()).isEqualTo(503);
        assertThat(admin("/health/ready")).doesNotContain("erlang/fresh");
        assertThat(admin("/metrics")).doesNotContain("fresh").contains("peer=\"other\"");
        assertThat(status("fresh").isMissingNode()).isTrue();
        Await.until("the end of the connection", () -> !isConnected(third));

        JsonNode _ = reloaded(two + fresh);
        awaitConnected("fresh");
        assertThat(call("late", 1).body()).isEqualTo(third.nodeName());
        assertThat(admin("/metrics")).contains("peer=\"fresh\"");
        assertThat(status("other").path("since")).isEqualTo(other.path("since"));
    }

    @Test
    void aFileWithAnErrorChangesNothing() throws Exception {
        JsonNode before = status("backend");
        String changed = node("backend", first, third) + node("other", second) + node("fresh", third);
        for (String mistake : List.of(
                "erlang.peers.away { node = \"away@localhost\", cookie-file = missing }",
                "erlang.peers.fresh.timout = 1 s",
                "realms.app { peer = absent, module = users, function = login }",
                "realms.staff.users-file = missing")) {
            HttpResponse<String> refused = reload(changed + mistake);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
            assertThat(refused.body()).contains("Nothing has changed: ");
        }
        assertThat(status("fresh").isMissingNode()).isTrue();
        assertThat(status("backend").path("since")).isEqualTo(before.path("since"));
        assertThat(status("backend").has("nodes")).isFalse();
        assertThat(isConnected(third)).isFalse();

        // A realm may use a peer of the same file.
        JsonNode outcome = reloaded(changed + "realms.app { peer = fresh, module = users, function = login }");
        assertThat(outcome.path("needsRestart").toString()).isEqualTo("[]");
    }

    @Test
    void aPeerThatAMountUsesStays() throws Exception {
        server.close();
        String mount = "erlang.mounts.\"/old\" { peer = other, call = \"work:run\" }\n";
        write(node("backend", first) + node("other", second) + mount);
        server = ReloadableServer.start(conf(), () -> List.of(new ErlangPlugin()));
        HttpResponse<String> refused = reload(node("backend", first, third));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("the peer 'other' cannot be removed without a restart: the mount /old uses it");
        assertThat(status("backend").has("nodes")).isFalse();
        assertThat(reloaded(node("backend", first) + node("other", third) + mount)
                        .path("changed")
                        .toString())
                .isEqualTo("[\"erlang.peers.other.nodes\"]");
    }
}
