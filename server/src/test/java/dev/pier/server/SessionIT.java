package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.DEPLOYED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionIT {
    private static final String COUNT = """
            HttpSession session = request.getSession();
            Integer old = (Integer) session.getAttribute("count");
            session.setAttribute("count", old == null ? 1 : old + 1);
            response.getWriter().print("VERSION " + session.getAttribute("count"));
            """;

    @TempDir
    Path home;

    /// A client with cookies of its own.
    private static final class Browser implements AutoCloseable {
        private final TestServer server;
        private final CookieManager cookies = new CookieManager();
        private final HttpClient client =
                HttpClient.newBuilder().cookieHandler(cookies).build();

        Browser(TestServer server) {
            this.server = server;
        }

        HttpResponse<String> response(String path) throws Exception {
            return client.send(HttpRequest.newBuilder(server.at(path)).build(), BodyHandlers.ofString());
        }

        String get(String path) throws Exception {
            HttpResponse<String> response = response(path);
            return response.statusCode() == 200 ? response.body() : "status " + response.statusCode();
        }

        CompletableFuture<HttpResponse<String>> getAsync(String path) {
            return client.sendAsync(HttpRequest.newBuilder(server.at(path)).build(), BodyHandlers.ofString());
        }

        String sessionId() {
            return cookies.getCookieStore().getCookies().getFirst().getValue();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static Archive counter(String version) {
        return new Archive().servlet("app.Count", "/count", COUNT.replace("VERSION", version));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void sessionsOutliveARedeployment(String store) throws Exception {
        try (TestServer server = TestServer.in(home, "sessions.store = " + store);
                Browser browser = new Browser(server)) {
            Path app = server.webapps().resolve("app.jar");
            counter("v0").jar(app);
            server.start();
            assertThat(browser.get("/app/count")).isEqualTo("v0 1");
            assertThat(browser.get("/app/count")).isEqualTo("v0 2");
            int count = 2;
            for (int version = 1; version <= 5; version++) {
                counter("v" + version).jar(app);
                String expected = "v" + version;
                String body;
                do {
                    body = browser.get("/app/count");
                    count++;
                    assertThat(body).endsWith(" " + count);
                } while (!body.startsWith(expected));
            }
        }
    }

    @Test
    void sessionsInFilesOutliveARestart() throws Exception {
        String settings = "sessions.store = file";
        String id;
        try (TestServer server = TestServer.in(home, settings);
                Browser browser = new Browser(server)) {
            counter("v0").jar(server.webapps().resolve("app.jar"));
            server.start();
            assertThat(browser.get("/app/count")).isEqualTo("v0 1");
            id = browser.sessionId();
        }
        try (TestServer server = TestServer.started(home, settings)) {
            assertThat(withSession(server, "/app/count", id).body()).isEqualTo("v0 2");
        }
        assertThat(sessionFiles()).singleElement().satisfies(file -> {
            assertThat(file.getFileName().toString()).doesNotContain(id);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        });
    }

    private List<Path> sessionFiles() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("sessions/app"))) {
            return files.toList();
        }
    }

    private static HttpResponse<String> withSession(TestServer server, String path, String id) throws Exception {
        return server.send(HttpRequest.newBuilder(server.at(path)).header("Cookie", "JSESSIONID=" + id));
    }

    @Test
    void objectsThatWereChangedInPlaceAreHandedOver() throws Exception {
        try (TestServer server = TestServer.in(home, "");
                Browser browser = new Browser(server)) {
            Path app = server.webapps().resolve("app.jar");
            list("v0").jar(app);
            server.start();
            assertThat(browser.get("/app/add?1")).isEqualTo("v0 [1]");
            assertThat(browser.get("/app/add?2")).isEqualTo("v0 [1, 2]");
            list("v1").jar(app);
            server.awaitBody("/app/version", "v1");
            assertThat(browser.get("/app/add?3")).isEqualTo("v1 [1, 2, 3]");
        }
    }

    private static Archive list(String version) {
        return new Archive()
                .servlet("app.Version", "/version", "response.getWriter().print(\"" + version + "\");")
                .servlet("app.Add", "/add", """
                        HttpSession session = request.getSession();
                        if (session.isNew()) {
                            session.setAttribute("list", new java.util.ArrayList<String>());
                        }
                        @SuppressWarnings("unchecked")
                        java.util.List<String> list = (java.util.List<String>) session.getAttribute("list");
                        list.add(request.getQueryString());
                        response.getWriter().print("VERSION " + list);
                        """.replace("VERSION", version));
    }

    /// A class of the application has the same name in each version, and is another class.
    @Test
    void attributesThatCannotBeReadAreLeftOutAlone() throws Exception {
        try (TestServer server = TestServer.in(home, "");
                Browser browser = new Browser(server)) {
            Path app = server.webapps().resolve("app.jar");
            String body = """
                    HttpSession session = request.getSession();
                    String seen = "VERSION " + java.util.Collections.list(session.getAttributeNames()).stream()
                        .sorted().toList() + " " + session.getAttribute("both");
                    if (session.isNew()) {
                        session.setAttribute("both", new Both("kept"));
                        session.setAttribute("thread", new Thread());
                        ADD
                    }
                    response.getWriter().print(seen);
                    """;
            String both = "package app; public record Both(String text) implements java.io.Serializable {}";
            new Archive()
                    .servlet(
                            "app.Seen",
                            "/seen",
                            body.replace("VERSION", "v0").replace("ADD", "session.setAttribute(\"gone\", new Gone());"))
                    .source("app.Both", both)
                    .source("app.Gone", "package app; public class Gone implements java.io.Serializable {}")
                    .jar(app);
            server.start();
            assertThat(browser.get("/app/seen")).isEqualTo("v0 [] null");
            assertThat(browser.get("/app/seen")).isEqualTo("v0 [both, gone, thread] Both[text=kept]");
            new Archive()
                    .servlet("app.Seen", "/seen", body.replace("VERSION", "v1").replace("ADD", ""))
                    .servlet("app.Version", "/version", "response.getWriter().print(\"v1\");")
                    .source("app.Both", both)
                    .jar(app);
            server.awaitBody("/app/version", "v1");
            assertThat(browser.get("/app/seen")).isEqualTo("v1 [both] Both[text=kept]");
        }
    }

    @Test
    void oldAndNewVersionSeeEachOthersChangesDuringADrain() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        TestPlugin plugin = new TestPlugin(context -> {
            context.bind("entered", CountDownLatch.class, entered);
            context.bind("release", CountDownLatch.class, release);
        });
        try (TestServer server = TestServer.in(home, "", plugin);
                Browser browser = new Browser(server)) {
            Path app = server.webapps().resolve("app.jar");
            attributes(Archive.waiting("request.getSession();", "Set.set(request)"), "v0")
                    .jar(app);
            server.start();
            assertThat(browser.get("/app/set?a=1")).isEqualTo("v0 {a=1}");
            CompletableFuture<HttpResponse<String>> inside = browser.getAsync("/app/wait?b=2");
            entered.await();
            attributes(new Archive(), "v1").jar(app);
            server.awaitBody("/app/version", "v1");
            assertThat(browser.get("/app/set?c=3")).isEqualTo("v1 {a=1, c=3}");
            release.countDown();
            assertThat(inside.get().body()).isEqualTo("{a=1, b=2}");
            assertThat(browser.get("/app/set?d=4")).isEqualTo("v1 {a=1, b=2, c=3, d=4}");
        }
    }

    /// Sets the attribute of the query string, and returns all attributes.
    private static Archive attributes(Archive archive, String version) {
        return archive.servlet("app.Version", "/version", "response.getWriter().print(\"" + version + "\");")
                .servlet(
                        "app.Attributes",
                        "/set",
                        "response.getWriter().print(\"" + version + " \" + Set.set(request));")
                .source("app.Set", """
                        package app;
                        import jakarta.servlet.http.*;
                        class Set {
                            static java.util.Map<String, Object> set(HttpServletRequest request) {
                                String[] pair = request.getQueryString().split("=");
                                HttpSession session = request.getSession();
                                session.setAttribute(pair[0], pair[1]);
                                java.util.Map<String, Object> all = new java.util.TreeMap<>();
                                java.util.Collections.list(request.getSession().getAttributeNames())
                                        .forEach(name -> all.put(name, session.getAttribute(name)));
                                return all;
                            }
                        }
                        """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void endedSessionsStayEndedAfterARedeployment(String store) throws Exception {
        try (TestServer server = TestServer.in(home, "sessions.store = " + store);
                Browser browser = new Browser(server)) {
            Path app = server.webapps().resolve("app.jar");
            logout("v0").jar(app);
            server.start();
            assertThat(browser.get("/app/count")).isEqualTo("v0 1");
            String before = browser.sessionId();
            assertThat(browser.get("/app/login")).isEqualTo("v0 changed");
            String after = browser.sessionId();
            assertThat(after).isNotEqualTo(before);
            logout("v1").jar(app);
            server.awaitBody("/app/version", "v1");
            assertThat(withSession(server, "/app/count", before).body()).isEqualTo("v1 1");
            assertThat(withSession(server, "/app/count", after).body()).isEqualTo("v1 2");
            assertThat(browser.get("/app/logout")).isEqualTo("v1 ended");
            logout("v2").jar(app);
            server.awaitBody("/app/version", "v2");
            assertThat(withSession(server, "/app/count", after).body()).isEqualTo("v2 1");
        }
    }

    private static Archive logout(String version) {
        return counter(version)
                .servlet("app.Version", "/version", "response.getWriter().print(\"" + version + "\");")
                .servlet(
                        "app.Login",
                        "/login",
                        "request.changeSessionId(); response.getWriter().print(\"" + version + " changed\");")
                .servlet(
                        "app.Logout",
                        "/logout",
                        "request.getSession().invalidate();" + " response.getWriter().print(\"" + version
                                + " ended\");");
    }

    @Test
    void theOperatorSetsTimeoutAndCookieUnlessTheApplicationDoes() throws Exception {
        String settings = """
                sessions {
                    timeout = 7 minutes
                    cookie { name = PIER, same-site = strict, secure = always, path-scoped = false }
                }
                """;
        String timeout = "response.getWriter().print(request.getSession().getMaxInactiveInterval());";
        try (TestServer server = TestServer.in(home, settings)) {
            new Archive()
                    .servlet("app.Timeout", "/timeout", timeout)
                    .jar(server.webapps().resolve("app.jar"));
            new Archive()
                    .servlet("app.Timeout", "/timeout", timeout)
                    .entry("WEB-INF/web.xml", """
                            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                                <session-config>
                                    <session-timeout>30</session-timeout>
                                    <cookie-config><name>OWN</name><path>/own</path></cookie-config>
                                </session-config>
                            </web-app>
                            """)
                    .war(server.webapps().resolve("own.war"));
            server.start();
            HttpResponse<String> response = server.get("/app/timeout");
            assertThat(response.body()).isEqualTo("420");
            assertThat(response.headers().firstValue("Set-Cookie").orElseThrow())
                    .startsWith("PIER=")
                    .contains("; Path=/;", "Secure", "HttpOnly", "SameSite=Strict");
            HttpResponse<String> own = server.get("/own/timeout");
            assertThat(own.body()).isEqualTo("1800");
            assertThat(own.headers().firstValue("Set-Cookie").orElseThrow())
                    .startsWith("OWN=")
                    .contains("; Path=/own;");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void sessionsBeyondTheLimitAreRefused(String store) throws Exception {
        try (TestServer server = TestServer.in(home, "sessions { store = " + store + ", max = 3 }")) {
            counter("v0").jar(server.webapps().resolve("app.jar"));
            counter("v0").jar(server.webapps().resolve("other.jar"));
            server.start();
            List<String> ids =
                    IntStream.range(0, 3).mapToObj(_ -> newSession(server)).toList();
            HttpResponse<String> refused = server.get("/app/count");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("5");
            assertThat(refused.body()).contains("sessions.max");
            assertThat(withSession(server, "/app/count", ids.getFirst()).body()).isEqualTo("v0 2");
            assertThat(server.get("/other/count").body()).isEqualTo("v0 1");
        }
    }

    private static String newSession(TestServer server) {
        try {
            String cookie =
                    server.get("/app/count").headers().firstValue("Set-Cookie").orElseThrow();
            return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void forgedIdsAreNotStored() throws Exception {
        try (TestServer server = TestServer.in(home, "sessions.store = file")) {
            new Archive()
                    .servlet("app.Peek", "/peek", "response.getWriter().print(request.getSession(false));")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            for (String id : List.of("../../conf/server", "x".repeat(5000), "%00", "a/b", ".lock")) {
                assertThat(withSession(server, "/app/peek", id).body()).isEqualTo("null");
            }
            assertThat(home.resolve("sessions/app")).doesNotExist();
        }
    }

    @Test
    void corruptFilesEndTheirSessionOnly() throws Exception {
        try (TestServer server = TestServer.in(home, "sessions { store = file, stale-time = 0 s }")) {
            counter("v0").jar(server.webapps().resolve("app.jar"));
            server.start();
            String first = newSession(server);
            String second = newSession(server);
            for (Path file : sessionFiles()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
            String third = newSession(server);
            counter("v1")
                    .servlet("app.Version", "/version", "response.getWriter().print(\"v1\");")
                    .jar(server.webapps().resolve("app.jar"));
            server.awaitBody("/app/version", "v1");
            assertThat(withSession(server, "/app/count", third).body()).isEqualTo("v1 2");
            assertThat(withSession(server, "/app/count", first).statusCode()).isEqualTo(200);
            assertThat(withSession(server, "/app/count", second).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void oneServerUsesAFolder() throws Exception {
        try (TestServer first = TestServer.started(home, "sessions.store = file")) {
            assertThat(first.get("/").statusCode()).isEqualTo(404);
            try (TestServer second = TestServer.in(home, "sessions.store = file")) {
                assertThatThrownBy(second::start)
                        .isInstanceOf(StartException.class)
                        .hasMessageContaining("another server uses the folder of the sessions")
                        .hasMessageContaining("sessions.folder");
            }
        }
    }

    @Test
    void expiredSessionsEnd() throws Exception {
        try (TestServer server = TestServer.in(home, "sessions.timeout = 1 s");
                Browser browser = new Browser(server)) {
            counter("v0").jar(server.webapps().resolve("app.jar"));
            server.start();
            assertThat(browser.get("/app/count")).isEqualTo("v0 1");
            long end = System.nanoTime() + Duration.ofMillis(1100).toNanos();
            TestServer.await("the timeout", () -> System.nanoTime() - end > 0);
            assertThat(browser.get("/app/count")).isEqualTo("v0 1");
            server.await("app.jar", DEPLOYED);
        }
    }
}
