package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.server.http.HttpServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The opening handshake: the requests that are refused, and the answers.
class WebSocketHandshakeIT {
    private static final String GET = "GET /app/echo HTTP/1.1";

    @TempDir
    Path home;

    @Test
    void malformedHandshakesAreRefusedWithAProblem() throws Exception {
        try (TestServer server = echo("")) {
            assertRefused(server, GET, 426, Map.of("Sec-WebSocket-Version", "8"), "Sec-WebSocket-Version");
            assertRefused(server, GET, 400, Map.of("Sec-WebSocket-Key", ""), "Sec-WebSocket-Key");
            assertRefused(server, GET, 400, Map.of("Sec-WebSocket-Key", "AAAA"), "Sec-WebSocket-Key");
            assertRefused(server, "POST /app/echo HTTP/1.1", 405, Map.of("Content-Length", "0"), "GET");
            assertRefused(server, "GET /app/echo HTTP/1.0", 400, Map.of(), "HTTP/1.1");

            assertThat(request(server, GET, Map.of("Sec-WebSocket-Version", "8"))
                            .headers())
                    .containsEntry("sec-websocket-version", "13");
            assertThat(request(server, GET, Map.of()).headers())
                    .containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        }
    }

    @Test
    void otherRequestsAreThoseOfTheApplication() throws Exception {
        try (TestServer server = echo("")) {
            assertThat(request(server, "GET /app/other HTTP/1.1", Map.of()).status())
                    .isEqualTo(404);
            assertThat(server.get("/app/echo").statusCode()).isEqualTo(404);
            assertThat(request(server, "GET /app/hello HTTP/1.1", Map.of()).body())
                    .isEqualTo("page");
        }
    }

    @Test
    void pagesOfOtherOriginsAreRefused() throws Exception {
        try (TestServer server = echo("")) {
            String own = server.server().url().toString().replaceFirst("/$", "");

            assertThat(origin(server, own).status()).isEqualTo(101);
            assertThat(request(server, GET, Map.of()).status())
                    .as("not a browser")
                    .isEqualTo(101);
            for (String other : List.of(
                    "http://evil.example", own.replace("http", "https"), "http://127.0.0.1", own + "0", "null", "x")) {
                RawSocket.Response response = origin(server, other);
                assertThat(response.status()).as(other).isEqualTo(403);
                assertThat(response.headers()).containsEntry("content-type", "application/problem+json");
                assertThat(response.body()).contains("websocket.origins").contains(own);
            }
        }
    }

    @Test
    void listedOriginsAreAccepted() throws Exception {
        try (TestServer server = echo(
                "websocket.origins = [ \"https://Shop.example\", \"http://localhost:3000\", \"http://[::1]:81\" ]")) {
            String own = server.server().url().toString().replaceFirst("/$", "");
            for (String accepted : List.of(
                    own,
                    "https://shop.example",
                    "https://shop.example:443",
                    "http://localhost:3000",
                    "http://[::1]:81")) {
                assertThat(origin(server, accepted).status()).as(accepted).isEqualTo(101);
            }
            for (String refused :
                    List.of("http://shop.example", "https://shop.example:8443", "http://localhost", "null")) {
                assertThat(origin(server, refused).status()).as(refused).isEqualTo(403);
            }
        }
    }

    @Test
    void starAcceptsEachOrigin() throws Exception {
        try (TestServer server = echo("websocket.origins = [ \"*\" ]")) {
            assertThat(origin(server, "https://anywhere.example").status()).isEqualTo(101);
            assertThat(origin(server, "null").status()).isEqualTo(101);
        }
    }

    @Test
    void originIsComparedWithWhatTheTrustedProxySays() throws Exception {
        Map<String, String> proxy = Map.of(
                "X-Forwarded-Proto", "https", "X-Forwarded-Host", "shop.example", "Origin", "https://shop.example");
        try (TestServer trusting = echo("http.trust-forwarded = true")) {
            assertThat(request(trusting, GET, proxy).status()).isEqualTo(101);
        }
        try (TestServer server = echo("")) {
            assertThat(request(server, GET, proxy).status()).isEqualTo(403);
        }
    }

    @Test
    void configuratorDecidesAboutOriginsToo() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive().source("app.Strict", """
                            package app;
                            import jakarta.websocket.server.*;
                            @ServerEndpoint(value = "/strict", configurator = Strict.Never.class)
                            public class Strict {
                                public static class Never extends ServerEndpointConfig.Configurator {
                                    @Override public boolean checkOrigin(String origin) { return false; }
                                }
                            }
                            """).jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(request(server, "GET /app/strict HTTP/1.1", Map.of()).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void filtersOfTheApplicationGuardItsSockets() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("page")
                    .source("app.Echo", ECHO)
                    .source("app.Guard", """
                            package app;
                            import jakarta.servlet.*;
                            import jakarta.servlet.http.*;
                            public class Guard extends HttpFilter {
                                @Override
                                protected void doFilter(HttpServletRequest request, HttpServletResponse response,
                                        FilterChain chain) throws java.io.IOException, ServletException {
                                    if ("secret".equals(request.getHeader("Authorization"))) {
                                        chain.doFilter(new HttpServletRequestWrapper(request),
                                                new HttpServletResponseWrapper(response));
                                    } else {
                                        response.sendError(401);
                                    }
                                }
                            }
                            """)
                    .source("app.Start", """
                            package app;
                            import jakarta.servlet.*;
                            @jakarta.servlet.annotation.WebListener
                            public class Start implements ServletContextListener {
                                @Override public void contextInitialized(ServletContextEvent event) {
                                    event.getServletContext().addFilter("guard", new Guard())
                                            .addMappingForUrlPatterns(null, true, "/*");
                                }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(TestSocket.refused(server, "/app/echo", _ -> {})).isEqualTo(401);
            try (TestSocket socket = TestSocket.open(server, "/app/echo", it -> it.header("Authorization", "secret"))) {
                assertThat(socket.send("hi").next()).isEqualTo("hi");
            }
        }
    }

    @Test
    void subprotocolIsTheFirstThatBothKnow() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive().source("app.Two", """
                            package app;
                            import jakarta.websocket.*;
                            import jakarta.websocket.server.*;
                            @ServerEndpoint(value = "/two", subprotocols = {"v1", "v2"})
                            public class Two {
                                @OnOpen public void open(Session session) throws java.io.IOException {
                                    session.getBasicRemote().sendText("[" + session.getNegotiatedSubprotocol() + "]");
                                }
                            }
                            """).jar(server.webapps().resolve("app.jar"));
            server.start();

            try (TestSocket socket = TestSocket.open(server, "/app/two", it -> it.subprotocols("v3", "v2", "v1"))) {
                assertThat(socket.socket().getSubprotocol()).isEqualTo("v2");
                assertThat(socket.next()).isEqualTo("[v2]");
            }
            try (TestSocket socket = TestSocket.open(server, "/app/two", it -> it.subprotocols("v3"))) {
                assertThat(socket.socket().getSubprotocol()).isEmpty();
                assertThat(socket.next()).isEqualTo("[]");
            }
        }
    }

    @Test
    void accessLogHasTheHandshake() throws Exception {
        try (LogLines log = LogLines.of(HttpServer.ACCESS_LOGGER, Level.INFO);
                TestServer server = echo("access-log.enabled = true")) {
            try (TestSocket socket = TestSocket.open(server, "/app/echo")) {
                assertThat(socket.send("hi").next()).isEqualTo("hi");
                TestServer.await(
                        "the line is there while the socket is open",
                        () -> log.text().contains("\"GET /app/echo HTTP/1.1\" 101"));
            }
        }
    }

    private static final String ECHO = """
            package app;
            import jakarta.websocket.*;
            import jakarta.websocket.server.*;
            @ServerEndpoint("/echo")
            public class Echo {
                @OnMessage public String echo(String text) { return text; }
            }
            """;

    private TestServer echo(String settings) throws Exception {
        TestServer server = TestServer.in(home, settings);
        Archive.greeting("page").source("app.Echo", ECHO).jar(server.webapps().resolve("app.jar"));
        return server.start();
    }

    private static RawSocket.Response origin(TestServer server, String origin) throws Exception {
        return request(server, GET, Map.of("Origin", origin));
    }

    private static RawSocket.Response request(TestServer server, String line, Map<String, String> changes)
            throws Exception {
        Map<String, String> headers = RawSocket.headers(server);
        headers.putAll(changes);
        return RawSocket.request(server, line, headers);
    }

    private static void assertRefused(
            TestServer server, String line, int status, Map<String, String> changes, String inDetail) throws Exception {
        RawSocket.Response response = request(server, line, changes);
        assertThat(response.status()).as(line + changes).isEqualTo(status);
        assertThat(response.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(response.body()).contains("\"status\":" + status).contains(inDetail);
    }
}
