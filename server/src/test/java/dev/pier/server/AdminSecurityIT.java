package dev.pier.server;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Attacks on the admin port: pages of other sites, clients without the token, other machines.
class AdminSecurityIT {
    private static final String TOKEN_FILE = "admin.token-file = admin.token\n";

    @TempDir
    Path home;

    private final AtomicInteger runs = new AtomicInteger();

    private TestPlugin plugin() {
        return new TestPlugin(context -> context.operation(
                "count",
                arguments -> Map.of(
                        "runs",
                        runs.incrementAndGet(),
                        "arguments",
                        arguments.keySet().stream().toList())));
    }

    private TestServer started(String settings) throws Exception {
        return TestServer.started(home, settings, plugin());
    }

    private Path tokenFile() {
        return home.resolve("conf/admin.token");
    }

    private String bearer() throws IOException {
        return "Authorization: Bearer " + Files.readString(tokenFile()).strip();
    }

    private static String authority(TestServer server) {
        return "127.0.0.1:" + server.server().adminUrl().getPort();
    }

    /// Sends a head as it is, and returns the whole response.
    private static String send(TestServer server, String... lines) throws IOException {
        return sendTo(InetAddress.getLoopbackAddress(), server, lines);
    }

    private static String sendTo(InetAddress address, TestServer server, String... lines) throws IOException {
        try (Socket socket = new Socket(address, server.server().adminUrl().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String post(TestServer server, String... headers) throws IOException {
        return send(
                server,
                "POST /plugins/test/count HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\nHost: "
                        + authority(server) + (headers.length == 0 ? "" : "\r\n") + String.join("\r\n", headers));
    }

    private static int status(String response) {
        assertThat(response).startsWith("HTTP/1.1 ");
        return Integer.parseInt(response.substring(9, 12));
    }

    @Test
    void theTokenIsMadeAtTheFirstStartForTheOwnerOnly() throws Exception {
        String first;
        try (TestServer server = started(TOKEN_FILE)) {
            assertThat(Files.getPosixFilePermissions(tokenFile())).isEqualTo(fromString("rw-------"));
            first = Files.readString(tokenFile());
            assertThat(first.strip()).matches("[A-Za-z0-9_-]{43}");
            assertThat(post(server, bearer())).startsWith("HTTP/1.1 200 ").contains("\"runs\":1");
        }
        try (TestServer server = started(TOKEN_FILE)) {
            assertThat(Files.readString(tokenFile())).isEqualTo(first);
            assertThat(status(post(server, bearer()))).isEqualTo(200);
        }
        try (var files = Files.list(home.resolve("conf"))) {
            assertThat(files).containsExactly(tokenFile());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept: */*",
                "Authorization: Bearer",
                "Authorization: Bearer ",
                "Authorization: Bearer 0000000000000000000000000000000000000000000",
                "Authorization: Basic {token}",
                "Authorization: {token}",
                "Authorization: Bearer {token}x",
                "Authorization: Bearer {token}\r\nAuthorization: Bearer {token}",
                "Cookie: token={token}"
            })
    void withoutTheTokenNothingRuns(String header) throws Exception {
        try (TestServer server = started(TOKEN_FILE)) {
            String token = Files.readString(tokenFile()).strip();
            String response = post(server, header.replace("{token}", token));
            assertThat(status(response)).isEqualTo(401);
            assertThat(response).contains("WWW-Authenticate: Bearer").doesNotContain(token);
            assertThat(runs).hasValue(0);
        }
    }

    @Test
    void withoutATokenFileOperationsAreOff() throws Exception {
        try (TestServer server = started("")) {
            String response = post(server, "Authorization: Bearer 0000000000000000");
            assertThat(status(response)).isEqualTo(403);
            assertThat(response).contains("set admin.token-file");
            assertThat(runs).hasValue(0);
            assertThat(server.admin("/status").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Origin: http://example.org                  | 403
            Origin: null                                | 403
            Origin: http://localhost:1                  | 403
            Origin: http://{authority}.example.org      | 403
            Origin: http://{authority}\\r\\nOrigin: http://example.org | 403
            Sec-Fetch-Site: cross-site                  | 403
            Sec-Fetch-Site: same-site                   | 403
            Sec-Fetch-Site: none                        | 200
            Sec-Fetch-Site: same-origin                 | 200
            Origin: http://{authority}                  | 200
            Origin: https://{authority}                 | 200
            """)
    void pagesOfOtherOriginsAreRefusedEvenWithTheToken(String header, int status) throws Exception {
        try (TestServer server = started(TOKEN_FILE)) {
            String sent = header.replace("{authority}", authority(server)).replace("\\r\\n", "\r\n");
            String response = post(server, sent, bearer());
            assertThat(status(response)).as(response).isEqualTo(status);
            assertThat(runs).hasValue(status == 200 ? 1 : 0);
            assertThat(response).doesNotContain("Access-Control-");
        }
    }

    @Test
    void aPreflightIsNotAnswered() throws Exception {
        try (TestServer server = started(TOKEN_FILE)) {
            String response = send(
                    server,
                    "OPTIONS /plugins/test/count HTTP/1.1",
                    "Connection: close",
                    "Host: " + authority(server),
                    "Origin: http://example.org",
                    "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: authorization");
            assertThat(status(response)).isEqualTo(405);
            assertThat(response).doesNotContain("Access-Control-");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "127.0.0.1.evil.example", "0.0.0.0", "10.1.2.3", "0x7f.1", "[::2]"})
    void aReboundNameIsRefusedEvenWithTheToken(String host) throws Exception {
        try (TestServer server = started(TOKEN_FILE)) {
            for (String request : List.of("GET /status", "GET /health/live", "POST /plugins/test/count")) {
                String response = send(
                        server,
                        request + " HTTP/1.1",
                        "Connection: close",
                        "Content-Length: 0",
                        "Host: " + host,
                        "Origin: http://" + host,
                        bearer());
                assertThat(status(response)).as(request).isEqualTo(421);
            }
            assertThat(runs).hasValue(0);
        }
    }

    @Test
    void probesAskByTheAddressTheyReach() throws Exception {
        InetAddress other = InetAddress.ofLiteral("127.0.0.2");
        try (TestServer server = started("admin { host = 0.0.0.0, names = [Pier.internal] }\n" + TOKEN_FILE)) {
            for (String host :
                    List.of("127.0.0.2", "127.0.0.2:9990", "localhost", "pier.internal", "PIER.internal:80")) {
                assertThat(status(sendTo(
                                other, server, "GET /health/live HTTP/1.1", "Connection: close", "Host: " + host)))
                        .as(host)
                        .isEqualTo(200);
            }
            assertThat(status(
                            sendTo(other, server, "GET /health/live HTTP/1.1", "Connection: close", "Host: 192.0.2.1")))
                    .isEqualTo(421);
            assertThat(status(sendTo(other, server, "GET /health/live HTTP/1.0")))
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7"})
    void otherMachinesNeedATokenFile(String host) {
        assertThatThrownBy(() -> TestServer.in(home, "admin.host = \"" + host + "\"\n"))
                .hasMessageContaining("admin.host: other machines reach the admin port on " + host
                        + ", so it needs a token: set admin.token-file, or use a loopback address");
    }

    @Test
    void aTokenThatOthersCanReadStopsTheStart() throws Exception {
        Files.createDirectories(home.resolve("conf"));
        Files.writeString(tokenFile(), "0123456789abcdef\n");
        Files.setPosixFilePermissions(tokenFile(), fromString("rw-r-----"));
        try (TestServer server = TestServer.in(home, TOKEN_FILE)) {
            assertThatThrownBy(server::start).isInstanceOf(StartException.class).hasMessageContaining("chmod 600");
        }
        Files.setPosixFilePermissions(tokenFile(), fromString("rw-------"));
        Files.writeString(tokenFile(), "too short\n");
        try (TestServer server = TestServer.in(home, TOKEN_FILE)) {
            assertThatThrownBy(server::start)
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("has no token")
                    .message()
                    .doesNotContain("too short");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/plugins/test/../test/count",
                "/plugins/./test/count",
                "/plugins/test//count",
                "/plugins/test%2Fcount",
                "/plugins/test/count;x=1",
                "/plugins;/test/count",
                "/plugins/test/%63ount",
                "/plugins/test/count/"
            })
    void onlyTheExactPathIsAnOperation(String path) throws Exception {
        try (TestServer server = started(TOKEN_FILE)) {
            String response = send(
                    server,
                    "POST " + path + " HTTP/1.1",
                    "Connection: close",
                    "Content-Length: 0",
                    "Host: " + authority(server),
                    bearer());
            assertThat(status(response)).as(response).isIn(400, 404);
            assertThat(runs).hasValue(0);
        }
    }

    @Test
    void operationsThatWaitLeaveThePortToProbes() throws Exception {
        int places = 16;
        CountDownLatch running = new CountDownLatch(places);
        CountDownLatch go = new CountDownLatch(1);
        TestPlugin plugin = new TestPlugin(context -> context.operation("wait", _ -> {
            running.countDown();
            go.await();
            return Map.of();
        }));
        try (TestServer server = TestServer.started(home, TOKEN_FILE, plugin)) {
            String[] head = {
                "POST /plugins/test/wait HTTP/1.1",
                "Connection: close",
                "Content-Length: 0",
                "Host: " + authority(server),
                bearer()
            };
            var answers = IntStream.range(0, places)
                    .mapToObj(_ -> CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return send(server, head);
                                } catch (IOException e) {
                                    return e.toString();
                                }
                            },
                            task -> Thread.ofPlatform().daemon().start(task)))
                    .toList();
            running.await();
            assertThat(server.admin("/health/live").statusCode()).isEqualTo(200);
            assertThat(status(send(server, head))).isEqualTo(503);
            go.countDown();
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(status(answer.get())).isEqualTo(200));
        } finally {
            go.countDown();
        }
    }
}
