package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.config.ConfigurationException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers with one session store, and requests of one browser that go to either.
class SharedSessionIT {
    private static final String SETTINGS = "sessions { store = test/shared, stale-time = 1 hour }\n";

    @TempDir
    Path home;

    private final SharedStore store = new SharedStore();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private TestServer one;
    private TestServer two;

    /// The cookie header; empty before the first response.
    private String cookie = "";

    @BeforeEach
    void start() throws Exception {
        one = start("one", SETTINGS);
        two = start("two", SETTINGS);
    }

    private TestServer start(String name, String settings) throws Exception {
        TestServer server = TestServer.in(
                home.resolve(name),
                settings,
                store.plugin(),
                new TestPlugin(context -> {
                    context.bind("entered", CountDownLatch.class, entered);
                    context.bind("release", CountDownLatch.class, release);
                }) {
                    @Override
                    public String name() {
                        return "latches";
                    }
                });
        application().jar(server.webapps().resolve("app.jar"));
        return server.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        one.close();
        two.close();
    }

    private static Archive application() {
        return Archive.waiting("request.getSession();", "Attributes.add(request)")
                .servlet("app.Add", "/add", "response.getWriter().print(Attributes.add(request));")
                .servlet("app.Renew", "/renew", "response.getWriter().print(request.changeSessionId());")
                .servlet("app.Id", "/id", """
                        response.getWriter().print(request.getRequestedSessionId() + " "
                                + request.isRequestedSessionIdValid() + " " + request.isRequestedSessionIdFromCookie());
                        """)
                .servlet("app.Both", "/both", """
                        response.getWriter().print(request.getSession(false) == null);
                        response.getWriter().print(request.getSession(false) == request.getSession());
                        """)
                .servlet("app.Caught", "/caught", """
                        for (int i = 0; i < 3; i++) {
                            try {
                                response.getWriter().print(request.getSession(false) == null);
                            } catch (RuntimeException e) {
                                response.getWriter().print(e.getClass().getSimpleName() + " ");
                            }
                        }
                        """)
                .entry("META-INF/resources/page.txt", "static")
                .servlet("app.End", "/end", "request.getSession().invalidate();")
                .source("app.Attributes", """
                        package app;
                        import jakarta.servlet.http.*;
                        class Attributes {
                            /** Adds the value to the attribute, and returns all attributes. */
                            static java.util.Map<String, Object> add(HttpServletRequest request) {
                                HttpSession session = request.getSession();
                                String[] pair = request.getQueryString().split("=");
                                Object old = session.getAttribute(pair[0]);
                                session.setAttribute(pair[0], old == null ? pair[1] : old + pair[1]);
                                java.util.Map<String, Object> all = new java.util.TreeMap<>();
                                java.util.Collections.list(session.getAttributeNames())
                                        .forEach(name -> all.put(name, session.getAttribute(name)));
                                return all;
                            }
                        }
                        """);
    }

    private HttpRequest.Builder request(TestServer server, String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.at("/app" + path));
        return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }

    private HttpResponse<String> response(TestServer server, String path) throws Exception {
        HttpResponse<String> response = server.send(request(server, path));
        response.headers()
                .firstValue("Set-Cookie")
                .ifPresent(header -> cookie = header.substring(0, header.indexOf(';')));
        return response;
    }

    private String get(TestServer server, String path) throws Exception {
        HttpResponse<String> response = response(server, path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    @Test
    void eachServerSeesWhatTheOtherHasWritten() throws Exception {
        String expected = "";
        for (int i = 0; i < 20; i++) {
            expected += "x";
            assertThat(get(i % 2 == 0 ? one : two, "/add?a=x")).isEqualTo("{a=" + expected + "}");
        }
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void changesOfDifferentAttributesAtTheSameTimeAreBothKept() throws Exception {
        assertThat(get(one, "/add?a=1")).isEqualTo("{a=1}");
        CompletableFuture<HttpResponse<String>> inside =
                one.client().sendAsync(request(one, "/wait?b=2").build(), BodyHandlers.ofString());
        entered.await();
        assertThat(get(two, "/add?c=3")).isEqualTo("{a=1, c=3}");
        release.countDown();
        assertThat(inside.get().body()).isEqualTo("{a=1, b=2}");
        assertThat(get(two, "/add?d=4")).isEqualTo("{a=1, b=2, c=3, d=4}");
        assertThat(get(one, "/add?e=5")).isEqualTo("{a=1, b=2, c=3, d=4, e=5}");
    }

    @Test
    void aChangeOfAnAttributeThatTheOtherHasChangedIsRefused() throws Exception {
        assertThat(get(one, "/add?a=1")).isEqualTo("{a=1}");
        CompletableFuture<HttpResponse<String>> inside =
                one.client().sendAsync(request(one, "/wait?a=2").build(), BodyHandlers.ofString());
        entered.await();
        assertThat(get(two, "/add?a=3")).isEqualTo("{a=13}");
        release.countDown();
        assertThat(inside.get().body()).isEqualTo("{a=12}");
        assertThat(get(two, "/add?b=4")).isEqualTo("{a=13, b=4}");
        assertThat(get(one, "/add?b=5")).isEqualTo("{a=13, b=45}");
        assertThat(one.admin("/metrics").body()).contains("pier_sessions_conflicts_total 1.0");
    }

    @Test
    void aSessionThatHasEndedElsewhereIsNotRevived() throws Exception {
        assertThat(get(one, "/add?a=1")).isEqualTo("{a=1}");
        assertThat(get(two, "/add?a=2")).isEqualTo("{a=12}");
        String old = cookie;
        CompletableFuture<HttpResponse<String>> inside =
                one.client().sendAsync(request(one, "/wait?b=2").build(), BodyHandlers.ofString());
        entered.await();
        assertThat(get(two, "/end")).isEmpty();
        release.countDown();
        assertThat(inside.get().statusCode()).isEqualTo(200);
        assertThat(store.size()).isZero();
        cookie = old;
        assertThat(get(one, "/add?c=3")).isEqualTo("{c=3}");
    }

    @Test
    void theOldIdEndsEverywhereWhenItChanges() throws Exception {
        assertThat(get(one, "/add?a=1")).isEqualTo("{a=1}");
        assertThat(get(two, "/add?a=2")).isEqualTo("{a=12}");
        String old = cookie;
        assertThat(get(two, "/renew")).isNotEmpty();
        assertThat(cookie).isNotEqualTo(old);
        String renewed = cookie;
        assertThat(get(one, "/add?a=3")).isEqualTo("{a=123}");
        cookie = old;
        assertThat(get(one, "/add?b=1")).isEqualTo("{b=1}");
        cookie = old;
        assertThat(get(two, "/add?b=2")).isEqualTo("{b=2}");
        cookie = renewed;
        assertThat(get(two, "/add?a=4")).isEqualTo("{a=1234}");
    }

    @Test
    void sessionsInMemoryAreUsedWhileTheStoreIsAway() throws Exception {
        assertThat(get(one, "/add?a=1")).isEqualTo("{a=1}");
        String known = cookie;
        store.setAway(true);
        assertThat(get(one, "/add?a=2")).isEqualTo("{a=12}");

        HttpResponse<String> unknownHere = response(two, "/add?a=3");
        assertThat(unknownHere.statusCode()).isEqualTo(503);
        assertThat(unknownHere.headers().firstValue("Retry-After")).contains("5");
        assertThat(unknownHere.headers().firstValue("Set-Cookie")).isEmpty();
        cookie = "";
        assertThat(response(two, "/add?a=4").statusCode()).isEqualTo(503);

        store.setAway(false);
        cookie = known;
        TestServer.await(
                "the change to be stored",
                () -> response(two, "/add?b=1").body().startsWith("{a=12, b="));
    }

    @Test
    void withoutStaleTimeTheStoreIsNeeded() throws Exception {
        try (TestServer strict = start("strict", "sessions { store = test/shared, stale-time = 0 s }")) {
            assertThat(get(strict, "/add?a=1")).isEqualTo("{a=1}");
            store.setAway(true);
            assertThat(response(strict, "/add?a=2").statusCode()).isEqualTo(503);
            store.setAway(false);
            TestServer.await("the session", () -> response(strict, "/add?a=3").statusCode() == 200);
            assertThat(get(strict, "/add?b=1")).isEqualTo("{a=13, b=1}");
        }
    }

    @Test
    void aRequestThatDoesNotAskForItsSessionDoesNotAskTheStore() throws Exception {
        assertThat(get(one, "/add?a=1")).isEqualTo("{a=1}");
        int before = store.finds();
        assertThat(get(one, "/page.txt")).isEqualTo("static");
        assertThat(get(two, "/page.txt")).isEqualTo("static");
        assertThat(store.finds()).isEqualTo(before);
        store.setAway(true);
        assertThat(get(two, "/page.txt")).isEqualTo("static");
        store.setAway(false);
        assertThat(get(two, "/both")).isEqualTo("falsetrue");
        assertThat(store.finds()).isEqualTo(before + 1);
        assertThat(get(two, "/add?a=2")).isEqualTo("{a=12}");
    }

    @Test
    void theIdOfARequestIsValidOnlyWithASession() throws Exception {
        assertThat(get(one, "/id")).isEqualTo("null false false");
        assertThat(get(one, "/add?a=1")).isEqualTo("{a=1}");
        String id = cookie.substring(cookie.indexOf('=') + 1);
        assertThat(get(two, "/id")).isEqualTo(id + " true true");
        store.clear();
        assertThat(get(two, "/id")).isEqualTo(id + " false true");
        cookie = "JSESSIONID=forged";
        assertThat(get(two, "/id")).isEqualTo("forged false true");
    }

    @Test
    void aRequestWaitsOnceForAStoreThatIsAway() throws Exception {
        assertThat(get(one, "/add?a=1")).isEqualTo("{a=1}");
        store.setAway(true);
        int before = store.finds();
        assertThat(get(two, "/caught"))
                .isEqualTo("SessionUnavailableException SessionUnavailableException SessionUnavailableException ");
        assertThat(store.finds()).isEqualTo(before + 1);
    }

    @Test
    void requestsThatDoNotAskForTheirSessionDoNotExtendItsLife() throws Exception {
        try (TestServer brief = start("brief", "sessions { store = test/shared, timeout = 1 s }")) {
            assertThat(get(brief, "/add?a=1")).isEqualTo("{a=1}");
            String first = cookie;
            long used = System.nanoTime();
            TestServer.await("the session to expire", () -> {
                assertThat(get(brief, "/page.txt")).isEqualTo("static");
                return System.nanoTime() - used > 1_100_000_000;
            });
            assertThat(get(brief, "/add?b=2")).isEqualTo("{b=2}");
            assertThat(cookie).isNotEqualTo(first);
        }
    }

    @Test
    void anUnknownStoreStopsTheStart() {
        assertThatThrownBy(() -> TestServer.in(home.resolve("three"), "sessions.store = test/other", store.plugin()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("sessions.store")
                .hasMessageContaining("expected one of file, memory, test/shared");
    }
}
