package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.DEPLOYED;
import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The limits of sockets, and what clients and endpoints that go beyond them do to others.
class WebSocketLimitsIT {
    private static final int KIB = 1024;

    private static final String ECHO = """
            package app;
            import jakarta.websocket.*;
            import jakarta.websocket.server.*;
            @ServerEndpoint("/echo")
            public class Echo {
                @OnMessage public String echo(String text) { return text; }
            }
            """;

    @TempDir
    Path home;

    @Test
    void largerMessageClosesItsSocketWith1009() throws Exception {
        try (TestServer server = echo("")) {
            try (TestSocket socket = TestSocket.open(server, "/app/echo")) {
                assertThat(socket.send("x".repeat(64 * KIB)).next()).hasSize(64 * KIB);
                socket.send("x".repeat(64 * KIB + 1));
                assertThat(socket.closed().code()).isEqualTo(1009);
            }
            try (RawSocket raw = RawSocket.open(server, "/app/echo")) {
                raw.send(RawSocket.TEXT, false, "x".repeat(40 * KIB));
                raw.send(RawSocket.CONTINUATION, false, "x".repeat(40 * KIB));
                assertThat(raw.next().code()).as("fragments count together").isEqualTo(1009);
            }
            assertCounts(server, "websocket_closes_total{application=\"/app\",code=\"1009\"}", 2);
        }
    }

    @Test
    void limitOfMessagesIsTheOperators() throws Exception {
        try (TestServer server = TestServer.in(home, "websocket.max-message = 4 KiB")) {
            endpoint("/smaller", "@OnMessage(maxMessageSize = 100) public String echo(String text) { return text; }")
                    .jar(server.webapps().resolve("smaller.jar"));
            endpoint("/larger", "@OnMessage(maxMessageSize = 5000) public String echo(String text) { return text; }")
                    .jar(server.webapps().resolve("larger.jar"));
            endpoint("/later", """
                            @OnOpen public void open(Session session) throws java.io.IOException {
                                session.setMaxTextMessageBufferSize(1 << 20);
                                session.setMaxIdleTimeout(0);
                                session.getBasicRemote().sendText(
                                        session.getMaxTextMessageBufferSize() + " " + session.getMaxIdleTimeout()
                                        + " " + session.getContainer().getDefaultMaxTextMessageBufferSize());
                            }
                            """).jar(server.webapps().resolve("later.jar"));
            server.start();

            try (TestSocket socket = TestSocket.open(server, "/smaller/smaller")) {
                socket.send("x".repeat(101));
                assertThat(socket.closed().code()).isEqualTo(1009);
            }
            assertThat(server.await("larger.jar", FAILED).reason())
                    .endsWith("asks for messages of 5000 bytes with maxMessageSize, more than 4096"
                            + " (websocket.max-message)");
            try (TestSocket socket = TestSocket.open(server, "/later/later")) {
                assertThat(socket.next()).isEqualTo("4096 300000 4096");
            }
        }
    }

    @Test
    void settingsAreThereForLibraries() throws Exception {
        try (TestServer server = TestServer.in(home, "websocket { queue = 64 KiB, credit = 7 }")) {
            endpoint("/settings", """
                            @OnMessage public String settings(String name, Session session) {
                                return session.getUserProperties().get("dev.pier.websocket." + name).toString();
                            }
                            """).jar(server.webapps().resolve("app.jar"));
            server.start();
            try (TestSocket socket = TestSocket.open(server, "/app/settings")) {
                assertThat(socket.send("queue").next()).isEqualTo("65536");
                assertThat(socket.send("credit").next()).isEqualTo("7");
            }
        }
    }

    @Test
    void furtherSocketsAreRefused() throws Exception {
        try (TestServer server = TestServer.in(home, "websocket { max-sessions = 2, max-sessions-per-client = 2 }")) {
            new Archive()
                    .source("app.Echo", ECHO)
                    .source("app.Broken", """
                            package app;
                            @jakarta.websocket.server.ServerEndpoint("/broken")
                            public class Broken {
                                public Broken() { throw new IllegalStateException("never"); }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            for (int i = 0; i < 5; i++) {
                assertThat(TestSocket.refused(server, "/app/broken", _ -> {})).isEqualTo(500);
            }
            try (TestSocket first = TestSocket.open(server, "/app/echo");
                    TestSocket second = TestSocket.open(server, "/app/echo")) {
                assertThat(first.send("1").next() + second.send("2").next()).isEqualTo("12");
                RawSocket.Response third =
                        RawSocket.request(server, "GET /app/echo HTTP/1.1", RawSocket.headers(server));
                assertThat(third.status()).isEqualTo(503);
                assertThat(third.headers()).containsKey("retry-after");
                assertThat(third.body()).contains("websocket.max-sessions");
                assertThat(server.admin("/status").body()).contains("\"sockets\":2");
                first.socket().sendClose(1000, "").join();
                assertThat(first.closed().code()).isEqualTo(1000);
                awaitOpen(server, 1);
            }
            try (TestSocket socket = TestSocket.open(server, "/app/echo")) {
                assertThat(socket.send("3").next()).isEqualTo("3");
            }
        }
    }

    @Test
    void noClientTakesThePlacesOfAllOthers() throws Exception {
        try (TestServer server = echo("websocket.max-sessions = 4, http.trust-forwarded = true")) {
            List<RawSocket> open = new ArrayList<>();
            try {
                open.add(of(server, "[2001:db8::1]"));
                open.add(of(server, "[2001:db8::ffff]"));
                RawSocket.Response third = refusedOf(server, "[2001:db8::2]");
                assertThat(third.status()).isEqualTo(429);
                assertThat(third.headers()).containsKey("retry-after");
                assertThat(third.body())
                        .contains("Too many WebSockets of one client: 2 are open (websocket.max-sessions-per-client)");
                open.add(of(server, "192.0.2.1"));
                assertThat(open.getLast()
                                .send(RawSocket.TEXT, true, "other")
                                .next()
                                .text())
                        .isEqualTo("other");
                open.add(of(server, "192.0.2.2"));
                assertThat(refusedOf(server, "192.0.2.3").body()).contains("(websocket.max-sessions)");

                open.removeFirst().close();
                awaitOpen(server, 3);
                open.add(of(server, "[2001:db8::3]"));
            } finally {
                for (RawSocket raw : open) {
                    raw.close();
                }
            }
        }
    }

    private static RawSocket of(TestServer server, String client) throws IOException {
        return RawSocket.open(server, "/app/echo", forwardedFor(server, client));
    }

    /// A second socket, opened once the first has answered. By then the first one's handshake is no longer in
    /// flight: Jetty reads frames only after it has completed the request.
    private static RawSocket openAfterAnswer(TestServer server, RawSocket first) throws IOException {
        first.send(RawSocket.TEXT, true, "first");
        assertThat(first.next().text()).isEqualTo("first");
        return RawSocket.open(server, "/app/echo");
    }

    private static RawSocket.Response refusedOf(TestServer server, String client) throws IOException {
        return RawSocket.request(server, "GET /app/echo HTTP/1.1", forwardedFor(server, client));
    }

    private static Map<String, String> forwardedFor(TestServer server, String client) {
        Map<String, String> headers = RawSocket.headers(server);
        headers.put("X-Forwarded-For", client);
        return headers;
    }

    @Test
    void socketsLeaveConnectionsForRequests() throws Exception {
        List<RawSocket> open = new ArrayList<>();
        try (TestServer server = echo("http { max-connections = 20, head-timeout = 1 s }")) {
            for (int i = 0; i < 18; i++) {
                open.add(RawSocket.open(server, "/app/echo"));
            }
            TestServer.await("further sockets are refused", () -> {
                RawSocket.Response response =
                        RawSocket.request(server, "GET /app/echo HTTP/1.1", RawSocket.headers(server));
                return response.status() == 503 && response.body().contains("http.max-connections");
            });
            assertThat(server.get("/app/hello").body()).isEqualTo("page");
            open.getFirst().send(RawSocket.TEXT, true, "still open");
            assertThat(open.getFirst().next().text()).isEqualTo("still open");
        } finally {
            for (RawSocket raw : open) {
                raw.close();
            }
        }
    }

    @Test
    void silentSocketIsClosedAfterItsOwnIdleTimeout() throws Exception {
        try (TestServer server = echo("websocket.idle-timeout = 1 s");
                TestSocket socket = TestSocket.open(server, "/app/echo")) {
            assertThat(socket.closed().code()).isEqualTo(1001);
        }
    }

    @Test
    void socketOutlivesTheLimitsOfRequests() throws Exception {
        try (TestServer server = echo("http { idle-timeout = 1 s, head-timeout = 1 s, max-requests-per-client = 1 }");
                RawSocket idle = RawSocket.open(server, "/app/echo");
                RawSocket other = openAfterAnswer(server, idle)) {
            // A connection without a socket is closed meanwhile, which shows that the time is over.
            try (java.net.Socket connection = new java.net.Socket(
                    InetAddress.getLoopbackAddress(), server.server().url().getPort())) {
                connection
                        .getOutputStream()
                        .write("GET /app/hello HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                connection.setSoTimeout(30_000);
                connection.getInputStream().readAllBytes();
            }
            for (RawSocket raw : List.of(idle, other)) {
                raw.send(RawSocket.TEXT, true, "still here");
                assertThat(raw.next().text()).isEqualTo("still here");
            }
            assertThat(server.get("/app/hello").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void framesAreCheckedAsTheProtocolDemands() throws Exception {
        try (TestServer server = echo("")) {
            try (RawSocket raw = RawSocket.open(server, "/app/echo")) {
                raw.send(RawSocket.TEXT, false, "frag").send(RawSocket.PING, true, "in between");
                assertThat(raw.next()).satisfies(pong -> {
                    assertThat(pong.opcode()).isEqualTo(RawSocket.PONG);
                    assertThat(pong.text()).isEqualTo("in between");
                });
                raw.send(RawSocket.CONTINUATION, false, "men").send(RawSocket.CONTINUATION, true, "ted");
                assertThat(raw.next().text()).isEqualTo("fragmented");
            }
            assertCloses(server, 1007, RawSocket.TEXT, new byte[] {(byte) 0xc3, (byte) 0x28});
            assertCloses(server, 1002, RawSocket.CONTINUATION, new byte[] {'x'});
            assertCloses(server, 1002, 3, new byte[] {'x'});
            assertCloses(server, 1002, RawSocket.PING, new byte[126]);
            try (RawSocket raw = RawSocket.open(server, "/app/echo")) {
                raw.sendBytes(new byte[] {(byte) 0x81, 1, 'x'});
                assertThat(raw.next().code()).as("a frame without a mask").isEqualTo(1002);
            }
        }
    }

    @Test
    void endpointThatBlocksHoldsUpNoOtherSocket() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(200);
        TestPlugin plugin = new TestPlugin(context -> {
            context.bind("release", CountDownLatch.class, release);
            context.bind("entered", CountDownLatch.class, entered);
        });
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Archive.greeting("page")
                    .source("app.Echo", ECHO)
                    .source("app.Block", """
                            package app;
                            import jakarta.annotation.Resource;
                            import java.util.concurrent.CountDownLatch;
                            import jakarta.websocket.*;
                            import jakarta.websocket.server.*;
                            @ServerEndpoint("/block")
                            public class Block {
                                @Resource(name = "release") CountDownLatch release;
                                @Resource(name = "entered") CountDownLatch entered;
                                @OnMessage public String text(java.io.Reader text) throws Exception { return block(); }
                                @OnMessage public String binary(byte[] bytes) throws Exception { return block(); }
                                private String block() throws Exception {
                                    entered.countDown();
                                    release.await();
                                    return String.valueOf(Thread.currentThread().isVirtual());
                                }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            List<RawSocket> blocked = new ArrayList<>();
            try (TestSocket echo = TestSocket.open(server, "/app/echo")) {
                for (int i = 0; i < 200; i++) {
                    RawSocket raw = RawSocket.open(server, "/app/block");
                    blocked.add(raw.send(i % 2 == 0 ? RawSocket.TEXT : 2, true, "x"));
                }
                entered.await();

                assertThat(echo.send("not blocked").next()).isEqualTo("not blocked");
                assertThat(server.get("/app/hello").body()).isEqualTo("page");
                release.countDown();
                for (RawSocket raw : blocked) {
                    assertThat(raw.next().text()).as("on a virtual thread").isEqualTo("true");
                }
            } finally {
                release.countDown();
                for (RawSocket raw : blocked) {
                    raw.close();
                }
            }
        }
    }

    @Test
    void clientThatDoesNotReadIsClosedAndNoOtherWaits() throws Exception {
        try (TestServer server = TestServer.in(home, "websocket { queue = 64 KiB }")) {
            new Archive()
                    .source("app.Echo", ECHO)
                    .source("app.Flood", """
                            package app;
                            import jakarta.websocket.*;
                            import jakarta.websocket.server.*;
                            @ServerEndpoint("/flood")
                            public class Flood {
                                @OnMessage public void flood(String text, Session session) throws Exception {
                                    String kib = "x".repeat(1024);
                                    while (session.isOpen()) {
                                        session.getAsyncRemote().sendText(kib);
                                    }
                                }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            try (RawSocket silent = RawSocket.open(server, "/app/flood");
                    TestSocket echo = TestSocket.open(server, "/app/echo")) {
                silent.send(RawSocket.TEXT, true, "go");
                awaitOpen(server, 1);
                assertThat(echo.send("hi").next()).isEqualTo("hi");
                assertCounts(server, "websocket_closes_total{application=\"/app\",code=\"1013\"}", 1);
            }
        }
    }

    @Test
    void blockedSenderGetsAnExceptionAfterTheSendTimeout() throws Exception {
        try (TestServer server = TestServer.in(home, "websocket.send-timeout = 1 s")) {
            endpoint("/flood", """
                            @OnMessage public void flood(String text, Session session) throws Exception {
                                while (true) { session.getBasicRemote().sendText(text); }
                            }
                            """).jar(server.webapps().resolve("app.jar"));
            server.start();
            try (RawSocket silent = RawSocket.open(server, "/app/flood")) {
                silent.send(RawSocket.TEXT, true, "x".repeat(60 * KIB));
                TestServer.await(
                        "the socket is closed",
                        () -> metric(server, "websocket_closes_total{application=\"/app\",code=\"1006\"}") == 1);
            }
        }
    }

    @Test
    void messagesAreCounted() throws Exception {
        try (TestServer server = echo("");
                TestSocket socket = TestSocket.open(server, "/app/echo")) {
            assertThat(socket.send("four").next() + socket.send("fünf").next()).isEqualTo("fourfünf");

            assertCounts(server, "websocket_sockets{application=\"/app\"}", 1);
            for (String direction : List.of("in", "out")) {
                String labels = "{application=\"/app\",direction=\"" + direction + "\"}";
                assertCounts(server, "websocket_messages_total" + labels, 2);
                assertCounts(server, "websocket_bytes_total" + labels, 9);
            }
            socket.socket().sendClose(4321, "own").join();
            assertThat(socket.closed().code()).isEqualTo(4321);
            awaitOpen(server, 0);
            assertCounts(server, "websocket_closes_total{application=\"/app\",code=\"other\"}", 1);
        }
    }

    @Test
    void endpointsAreRefusedWhereSocketsAreSwitchedOff() throws Exception {
        try (TestServer server = TestServer.in(home, "websocket.enabled = false")) {
            new Archive().source("app.Echo", ECHO).jar(server.webapps().resolve("sockets.jar"));
            Archive.greeting("page").jar(server.webapps().resolve("pages.jar"));
            server.start();

            assertThat(server.await("sockets.jar", FAILED).reason())
                    .isEqualTo("app.Echo asks for @ServerEndpoint, but WebSockets are switched off"
                            + " (websocket.enabled)");
            server.await("pages.jar", DEPLOYED);
            assertThat(server.get("/pages/hello").body()).isEqualTo("page");
        }
    }

    private TestServer echo(String settings) throws Exception {
        TestServer server = TestServer.in(home, settings);
        Archive.greeting("page").source("app.Echo", ECHO).jar(server.webapps().resolve("app.jar"));
        return server.start();
    }

    private static Archive endpoint(String path, String methods) {
        return new Archive().source("app.Endpoint", """
                package app;
                import jakarta.websocket.*;
                @jakarta.websocket.server.ServerEndpoint("%s")
                public class Endpoint { %s }
                """.formatted(path, methods));
    }

    private static void assertCloses(TestServer server, int code, int opcode, byte[] payload) throws IOException {
        try (RawSocket raw = RawSocket.open(server, "/app/echo")) {
            raw.send(opcode, true, payload);
            assertThat(raw.next().code()).isEqualTo(code);
            try {
                throw new AssertionError("a frame after the close frame: " + raw.next());
            } catch (EOFException _) {
                // The server has closed its side.
            }
        }
    }

    private static void awaitOpen(TestServer server, int sockets) throws Exception {
        TestServer.await(
                sockets + " sockets are open",
                () -> metric(server, "websocket_sockets{application=\"/app\"}") == sockets);
    }

    private static void assertCounts(TestServer server, String metric, double value) throws Exception {
        TestServer.await(metric + " is " + value, () -> metric(server, metric) == value);
    }

    private static double metric(TestServer server, String name) throws Exception {
        return server.admin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(-1);
    }
}
