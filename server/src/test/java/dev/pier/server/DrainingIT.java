package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The signal that an application gets when it begins to drain, with a response that ends by it only. Every
/// other limit for the response is longer than a test may take.
class DrainingIT {
    private static final String SETTINGS = "webapps.drain-timeout = 10 minutes, http.shutdown-timeout = 10 minutes";

    @TempDir
    Path home;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final TestPlugin plugin = new TestPlugin(context -> context.bind("ended", CountDownLatch.class, ended));

    @Test
    void endlessResponseOfTheOldVersionEndsWhenTheNewOneServes() throws Exception {
        try (TestServer server = TestServer.in(home, SETTINGS, plugin)) {
            Path app = server.webapps().resolve("app.jar");
            endless("old").jar(app);
            server.start();
            try (InputStream response = open(server)) {
                endless("new").jar(app);
                // The client would reconnect now, and must find the new version.
                assertThat(new String(response.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(" and new");
                ended.await();
            }
        }
    }

    @Test
    void endlessResponseEndsWhenTheApplicationIsRemoved() throws Exception {
        try (TestServer server = TestServer.in(home, SETTINGS, plugin)) {
            Path app = server.webapps().resolve("app.jar");
            endless("old").jar(app);
            server.start();
            try (InputStream response = open(server)) {
                Files.delete(app);
                assertThat(new String(response.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(" and 404");
                ended.await();
            }
        }
    }

    @Test
    void endlessResponseDoesNotHoldUpTheStop() throws Exception {
        try (TestServer server = TestServer.in(home, SETTINGS, plugin)) {
            endless("old").jar(server.webapps().resolve("app.jar"));
            server.start();
            try (InputStream response = open(server)) {
                server.server().stop();
                assertThat(new String(response.readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith(" and ");
                assertThat(ended.getCount()).isZero();
            }
        }
    }

    private static InputStream open(TestServer server) throws Exception {
        InputStream response = server.client()
                .send(HttpRequest.newBuilder(server.at("/app/endless")).build(), BodyHandlers.ofInputStream())
                .body();
        assertThat(new String(response.readNBytes(3), StandardCharsets.UTF_8)).isEqualTo("old");
        return response;
    }

    /// An application that writes a word, waits for the signal, and writes what a new request gets then.
    private static Archive endless(String word) {
        return new Archive().source("app.Word", """
                        package app;
                        import jakarta.servlet.annotation.WebServlet;
                        import jakarta.servlet.http.*;
                        @WebServlet("/word")
                        public class Word extends HttpServlet {
                            @Override protected void doGet(HttpServletRequest q, HttpServletResponse r) throws java.io.IOException {
                                r.getWriter().print("%s");
                            }
                        }
                        """.formatted(word)).source("app.Endless", """
                        package app;
                        import jakarta.annotation.Resource;
                        import jakarta.servlet.annotation.WebServlet;
                        import jakarta.servlet.http.*;
                        import java.net.URI;
                        import java.net.http.*;
                        import java.util.concurrent.*;
                        @WebServlet("/endless")
                        public class Endless extends HttpServlet {
                            @Resource(name = "ended") CountDownLatch ended;
                            @Override protected void doGet(HttpServletRequest q, HttpServletResponse r) throws java.io.IOException {
                                r.getWriter().print("%s");
                                r.flushBuffer();
                                CompletionStage<?> draining =
                                        (CompletionStage<?>) q.getServletContext().getAttribute("dev.pier.draining");
                                CountDownLatch signal = new CountDownLatch(1);
                                draining.thenRun(() -> {
                                    boolean own = Thread.currentThread().getContextClassLoader()
                                            == getClass().getClassLoader();
                                    if (own && Thread.currentThread().isVirtual()) {
                                        signal.countDown();
                                    }
                                });
                                try {
                                    signal.await();
                                    r.getWriter().print(" and " + word(q));
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                } finally {
                                    ended.countDown();
                                }
                            }
                            private static String word(HttpServletRequest q) throws Exception {
                                try (HttpClient client = HttpClient.newHttpClient()) {
                                    HttpResponse<String> now = client.send(
                                            HttpRequest.newBuilder(URI.create(q.getRequestURL().toString()).resolve("word"))
                                                    .build(),
                                            HttpResponse.BodyHandlers.ofString());
                                    return now.statusCode() == 200 ? now.body() : String.valueOf(now.statusCode());
                                } catch (java.io.IOException refused) {
                                    return "refused";
                                }
                            }
                        }
                        """.formatted(word));
    }
}
