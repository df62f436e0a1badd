package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.plugin.HealthCheck;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminIT {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    Path home;

    @Test
    void healthHasTheFormatOfMicroProfile() throws Exception {
        AtomicBoolean up = new AtomicBoolean(true);
        TestPlugin plugin = new TestPlugin(context -> context.readinessCheck(check("peer", up)));
        try (TestServer server = TestServer.started(home, "", plugin)) {
            HttpResponse<String> ready = server.admin("/health/ready");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(JSON.readTree(ready.body())).isEqualTo(JSON.readTree("""
                                    {"status": "UP", "checks": [
                                        {"name": "server", "status": "UP", "data": {"phase": "running"}},
                                        {"name": "peer", "status": "UP", "data": {"seen": 3}}]}
                                    """));
            assertThat(server.admin("/health/started").statusCode()).isEqualTo(200);
            assertThat(server.admin("/health/live").statusCode()).isEqualTo(200);
            assertThat(server.admin("/health").statusCode()).isEqualTo(200);

            up.set(false);
            assertThat(server.admin("/health/ready").statusCode()).isEqualTo(503);
            assertThat(JSON.readTree(server.admin("/health/ready").body())
                            .path("status")
                            .asString())
                    .isEqualTo("DOWN");
            assertThat(server.admin("/health").statusCode()).isEqualTo(503);
            assertThat(server.admin("/health/live").statusCode()).isEqualTo(200);
            assertThat(server.admin("/health/started").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void throwingCheckIsDownAndDoesNotAffectOthers() throws Exception {
        TestPlugin plugin = new TestPlugin(context -> {
            context.readinessCheck(new HealthCheck() {
                @Override
                public String name() {
                    return "broken";
                }

                @Override
                public Result check() {
                    throw new IllegalStateException("oops");
                }
            });
            context.readinessCheck(check("peer", new AtomicBoolean(true)));
        });
        try (TestServer server = TestServer.started(home, "", plugin)) {
            JsonNode checks =
                    JSON.readTree(server.admin("/health/ready").body()).path("checks");
            assertThat(checks.get(1).path("status").asString()).isEqualTo("DOWN");
            assertThat(checks.get(1).path("data").path("error").asString()).contains("oops");
            assertThat(checks.get(2).path("status").asString()).isEqualTo("UP");
        }
    }

    @Test
    void livenessWatchesTheServersOwnThreadsAndThoseOfPlugins() throws Exception {
        AtomicBoolean up = new AtomicBoolean(true);
        TestPlugin plugin = new TestPlugin(context -> context.livenessCheck(HealthCheck.of("threads", up::get)));
        try (TestServer server = TestServer.started(home, "", plugin)) {
            JsonNode live = JSON.readTree(server.admin("/health/live").body());
            assertThat(live.path("checks").findValuesAsString("name"))
                    .containsExactly("http", "ports", "connections", "threads", "sessions", "deployer");

            up.set(false);
            assertThat(server.admin("/health/live").statusCode()).isEqualTo(503);
            assertThat(server.admin("/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void serverIsNotReadyBeforeTheStartHasEnded() throws Exception {
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        TestPlugin plugin = new TestPlugin(context -> {
            starting.countDown();
            go.await();
        });
        try (TestServer server = TestServer.in(home, "", plugin)) {
            CompletableFuture<Void> start = CompletableFuture.runAsync(() -> {
                try {
                    server.start();
                } catch (StartException e) {
                    throw new IllegalStateException(e);
                }
            });
            starting.await();
            assertThat(server.admin("/health/live").statusCode()).isEqualTo(200);
            assertThat(server.admin("/health/started").statusCode()).isEqualTo(503);
            assertThat(server.admin("/health/ready").statusCode()).isEqualTo(503);
            go.countDown();
            start.get();
            assertThat(server.admin("/health/started").statusCode()).isEqualTo(200);
            assertThat(server.admin("/health/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void metricsCountRequestsByApplicationMethodRouteAndStatus() throws Exception {
        TestPlugin plugin = new TestPlugin(
                context -> context.metrics().counter("test.things").increment(7));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Archive.greeting("hi")
                    .servlet("app.Fails", "/fails", "throw new IllegalStateException();")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            server.get("/app/hello");
            server.get("/app/hello");
            server.get("/app/fails");
            server.get("/nowhere");
            server.send(
                    HttpRequest.newBuilder(server.at("/app/hello")).method("CLIENTS-WORD", BodyPublishers.noBody()));

            TestServer.await(
                    "the last request",
                    () -> server.admin("/metrics").body().contains(count("/app", "other", "/hello", "2xx", 1)));
            assertThat(server.admin("/metrics").body())
                    .contains(count("/app", "GET", "/hello", "2xx", 2))
                    .contains(count("/app", "GET", "/fails", "5xx", 1))
                    .contains(count("none", "GET", "none", "4xx", 1))
                    .contains(
                            "http_server_requests_seconds_bucket{application=\"/app\",method=\"GET\",route=\"/hello\",status=\"2xx\",le=\"")
                    .contains("http_server_active 0.0")
                    .contains("pier_applications{state=\"deployed\"} 1.0")
                    .contains("pier_applications{state=\"failed\"} 0.0")
                    .contains("test_things_total 7.0")
                    .contains("jvm_memory_used_bytes");
        }
    }

    private static String count(String application, String method, String route, String status, int count) {
        return "http_server_requests_seconds_count{application=\"%s\",method=\"%s\",route=\"%s\",status=\"%s\"} %d"
                .formatted(application, method, route, status, count);
    }

    @Test
    void theRouteIsTheMappingAndNeverThePathOfAClient() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            String forward = "request.getRequestDispatcher(\"/users/7\").forward(request, response);";
            new Archive()
                    .servlet("app.Users", "/users/*", "response.setStatus(204);")
                    .servlet("app.Actions", "*.do", "response.setStatus(204);")
                    .servlet("app.Root", "", "response.setStatus(204);")
                    .servlet("app.Forward", "/forward", forward)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            for (int i = 0; i < 5; i++) {
                assertThat(server.get("/app/users/" + i).statusCode()).isEqualTo(204);
                assertThat(server.get("/app/a/" + i + ".do").statusCode()).isEqualTo(204);
                assertThat(server.get("/app/file" + i).statusCode()).isEqualTo(404);
                assertThat(server.get("/other" + i).statusCode()).isEqualTo(404);
            }
            assertThat(server.get("/app/").statusCode()).isEqualTo(204);
            assertThat(server.get("/app/forward").statusCode()).isEqualTo(204);
            // Jetty rejects it before it knows the method.
            assertThat(RawSocket.request(server, "GET /app/users/%zz HTTP/1.1", Map.of())
                            .status())
                    .isEqualTo(400);
            // A redirect to the path with a slash, which no servlet makes.
            assertThat(server.get("/app").statusCode()).isBetween(300, 399);

            TestServer.await(
                    "all requests",
                    () -> counts(server).stream()
                                    .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)))
                                    .sum()
                            == 24);
            assertThat(counts(server))
                    .containsExactlyInAnyOrder(
                            count("/app", "GET", "/users/*", "2xx", 5),
                            count("/app", "GET", "*.do", "2xx", 5),
                            count("/app", "GET", "/", "4xx", 5),
                            count("/app", "GET", "root", "2xx", 1),
                            count("/app", "GET", "/forward", "2xx", 1),
                            count("/app", "GET", "none", "3xx", 1),
                            count("none", "GET", "none", "4xx", 5),
                            count("none", "other", "none", "4xx", 1));
        }
    }

    private static List<String> counts(TestServer server) throws Exception {
        return server.admin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("http_server_requests_seconds_count"))
                .toList();
    }

    @Test
    void statusShowsApplicationsAndPlugins() throws Exception {
        TestPlugin plugin = new TestPlugin(context -> context.status(() -> Map.of("peers", 2)));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Archive.greeting("hi").jar(server.webapps().resolve("app.jar"));
            new Archive()
                    .entry("WEB-INF/web.xml", "<broken")
                    .war(server.webapps().resolve("bad.war"));
            server.start();
            server.await("bad.war", FAILED);

            JsonNode status = JSON.readTree(server.admin("/status").body());
            assertThat(status.path("version").asString()).matches("\\d+\\.\\d+.*");
            assertThat(status.path("uptimeSeconds").isIntegralNumber()).isTrue();
            assertThat(status.path("urls").get(0).asString())
                    .isEqualTo(server.server().url().toString());
            JsonNode apps = status.path("applications");
            assertThat(apps.get(0).path("file").asString()).isEqualTo("app.jar");
            assertThat(apps.get(0).path("path").asString()).isEqualTo("/app");
            assertThat(apps.get(0).path("state").asString()).isEqualTo("deployed");
            assertThat(apps.get(1).path("state").asString()).isEqualTo("failed");
            assertThat(apps.get(1).path("reason").asString()).contains("malformed descriptor");
            assertThat(status.path("plugins").path("test").path("peers").asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    void onlyGetAndHeadAreAllowed() throws Exception {
        try (TestServer server = TestServer.started(home, "")) {
            HttpRequest.Builder post = HttpRequest.newBuilder(
                            server.server().adminUrl().resolve("/status"))
                    .POST(HttpRequest.BodyPublishers.noBody());
            HttpResponse<String> answer = server.send(post);
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
            assertThat(server.admin("/nothing").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "localhost:9990, 200",
        "127.0.0.1:1, 200",
        "[::1]:9990, 200",
        "pier.localhost, 200",
        "example.org, 421",
        "cafe.de, 421",
        "localhost.example.org, 421",
        "127.0.0.1.example.org, 421"
    })
    void loopbackAddressHasNoNamesOfTheInternet(String host, int status) throws Exception {
        try (TestServer server = TestServer.started(home, "");
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(),
                        server.server().adminUrl().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET /status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void adminPortAnswersWhileAllCarrierThreadsAreBusy() throws Exception {
        CountDownLatch entered = new CountDownLatch(16);
        AtomicBoolean over = new AtomicBoolean();
        TestPlugin plugin = new TestPlugin(context -> {
            context.bind("entered", CountDownLatch.class, entered);
            context.bind("over", AtomicBoolean.class, over);
        });
        int carriers = Integer.getInteger(
                "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .servlet("app.Busy", "/busy", """
                            @Inject private java.util.concurrent.CountDownLatch entered;
                            @Inject private java.util.concurrent.atomic.AtomicBoolean over;
                            """, """
                            entered.countDown();
                            while (!over.get()) { Thread.onSpinWait(); }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            HttpRequest busy = HttpRequest.newBuilder(server.at("/app/busy")).build();
            var answers = IntStream.range(0, 16)
                    .mapToObj(_ -> server.client().sendAsync(busy, BodyHandlers.discarding()))
                    .toList();
            TestServer.await("all carriers are busy", () -> entered.getCount() <= 16 - carriers);

            assertThat(server.admin("/health/live").statusCode()).isEqualTo(200);
            over.set(true);
            for (var answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
            }
        } finally {
            over.set(true);
        }
    }

    private static HealthCheck check(String name, AtomicBoolean up) {
        return new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Result check() {
                return new Result(up.get(), Map.of("seen", 3));
            }
        };
    }
}
