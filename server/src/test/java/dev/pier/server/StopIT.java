package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopIT {
    @TempDir
    Path home;

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private final TestPlugin plugin = new TestPlugin(context -> {
        context.bind("entered", CountDownLatch.class, entered);
        context.bind("release", CountDownLatch.class, release);
    });

    @Test
    void stopWaitsForRequestsInFlightAndRefusesNewOnes() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Archive.waiting("\"done\"").jar(server.webapps().resolve("app.jar"));
            server.start();
            CompletableFuture<HttpResponse<String>> inFlight = get(server);
            entered.await();

            CompletableFuture<Void> stop = CompletableFuture.runAsync(server.server()::stop);
            TestServer.await(
                    "the server is not ready",
                    () -> server.admin("/health/ready").statusCode() == 503);
            assertThat(server.admin("/health/live").statusCode()).isEqualTo(200);
            try (HttpClient fresh = HttpClient.newHttpClient()) {
                TestServer.await("the port is closed", () -> isRefused(fresh, server));
            }
            assertThat(stop).isNotDone();
            assertThat(plugin.calls()).containsExactly("configure", "start", "stopping");
            release.countDown();

            assertThat(inFlight.get().body()).isEqualTo("done");
            stop.get(10, TimeUnit.SECONDS);
            assertThat(plugin.calls()).containsExactly("configure", "start", "stopping", "stop");
        }
    }

    @Test
    void requestsAreServedDuringTheShutdownDelay() throws Exception {
        try (TestServer server = TestServer.in(home, "http.shutdown-delay = 4 s", plugin)) {
            Archive.greeting("served").jar(server.webapps().resolve("app.jar"));
            server.start();
            HttpResponse<String> before = server.get("/app/hello");
            assertThat(before.body()).isEqualTo("served");
            assertThat(before.headers().firstValue("Connection")).isEmpty();

            long begun = System.nanoTime();
            CompletableFuture<Void> stop = CompletableFuture.runAsync(server.server()::stop);
            TestServer.await(
                    "the server is not ready",
                    () -> server.admin("/health/ready").statusCode() == 503);
            // Over the connection of before, and over a new one.
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> during = server.get("/app/hello");
                assertThat(during.body()).isEqualTo("served");
                assertThat(during.headers().firstValue("Connection")).contains("close");
            }
            assertThat(plugin.calls()).containsExactly("configure", "start");
            stop.get(20, TimeUnit.SECONDS);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofSeconds(4));
            assertThat(plugin.calls()).containsExactly("configure", "start", "stopping", "stop");
            assertThat(isRefused(server.client(), server)).isTrue();
        }
    }

    @Test
    void aFailedStartHasNoShutdownDelay() throws Exception {
        TestPlugin failing = new TestPlugin(context -> {
            throw new IllegalStateException("no cookie");
        });
        try (TestServer server = TestServer.in(home, "http.shutdown-delay = 10 minutes", failing)) {
            assertThatThrownBy(server::start).isInstanceOf(StartException.class);
        }
    }

    @Test
    void stopAbortsRequestsAtTheShutdownTimeout() throws Exception {
        try (TestServer server = TestServer.in(home, "http.shutdown-timeout = 500 ms", plugin)) {
            Archive.waiting("\"done\"").jar(server.webapps().resolve("app.jar"));
            server.start();
            CompletableFuture<HttpResponse<String>> inFlight = get(server);
            entered.await();

            CompletableFuture.runAsync(server.server()::stop).get(20, TimeUnit.SECONDS);

            assertThatThrownBy(inFlight::get).isInstanceOf(ExecutionException.class);
            assertThat(plugin.calls()).endsWith("stopping", "stop");
        } finally {
            release.countDown();
        }
    }

    @Test
    void applicationsEndAfterTheirRequestsAndBeforeThePlugins() throws Exception {
        TestPlugin[] plugins = new TestPlugin[1];
        plugins[0] = new TestPlugin(context ->
                context.bind("ended", Runnable.class, () -> plugins[0].calls().add("application ended")));
        try (TestServer server = TestServer.in(home, "", plugins)) {
            Archive.greeting("x")
                    .source("app.Listener", """
                            package app;
                            @jakarta.servlet.annotation.WebListener
                            public class Listener implements jakarta.servlet.ServletContextListener {
                                @jakarta.inject.Inject private Runnable ended;
                                @Override
                                public void contextDestroyed(jakarta.servlet.ServletContextEvent event) {
                                    ended.run();
                                }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            server.server().stop();
            server.server().stop();

            assertThat(plugins[0].calls())
                    .containsExactly("configure", "start", "stopping", "application ended", "stop");
        }
    }

    @Test
    void failedStartStopsTheStartedParts() throws Exception {
        TestPlugin failing = new TestPlugin(context -> {
            throw new IllegalStateException("the cookie file can be read by others");
        });
        try (TestServer server = TestServer.in(home, "", failing)) {
            assertThatThrownBy(server::start)
                    .isInstanceOf(StartException.class)
                    .hasMessage("test: the cookie file can be read by others");
            assertThat(failing.calls()).containsExactly("configure", "start", "stop");
            assertThatThrownBy(() -> server.get("/")).isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> server.admin("/health")).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void portInUseIsReportedWithItsSetting() throws Exception {
        try (TestServer first = TestServer.started(home, "")) {
            int port = first.server().url().getPort();
            int adminPort = first.server().adminUrl().getPort();

            assertThatThrownBy(() -> TestServer.started(home, "http.port = " + port))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("http.port");
            assertThatThrownBy(() -> TestServer.started(home, "admin.port = " + adminPort))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("admin.port");
        }
    }

    private static CompletableFuture<HttpResponse<String>> get(TestServer server) {
        return server.client()
                .sendAsync(HttpRequest.newBuilder(server.at("/app/wait")).build(), BodyHandlers.ofString());
    }

    private static boolean isRefused(HttpClient client, TestServer server) throws Exception {
        try {
            client.send(HttpRequest.newBuilder(server.at("/")).build(), BodyHandlers.ofString());
            return false;
        } catch (ConnectException _) {
            return true;
        }
    }
}
