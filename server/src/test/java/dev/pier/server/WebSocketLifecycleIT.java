package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The end of open sockets when their application is replaced or removed, and when the server stops.
class WebSocketLifecycleIT {
    private static final int REDEPLOYMENTS = 5;

    @TempDir
    Path home;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);

    private final TestPlugin plugin = new TestPlugin(context -> {
        context.bind("events", Consumer.class, (Consumer<String>) events::add);
        context.bind("probe", Consumer.class, (Consumer<Object>)
                object -> loaders.add(new WeakReference<>(object.getClass().getClassLoader())));
        context.bind("release", CountDownLatch.class, release);
    });

    @Test
    void socketsOfTheOldVersionCloseAsSoonAsTheNewOneServes() throws Exception {
        // Nothing but the sockets' own end lets the old version end before the test does.
        try (TestServer server = TestServer.in(home, "webapps.drain-timeout = 1 hour", plugin)) {
            Path app = server.webapps().resolve("app.jar");
            version("v0").jar(app);
            server.start();
            try (TestSocket old = TestSocket.open(server, "/app/version")) {
                assertThat(old.next()).isEqualTo("v0");
                version("v1").jar(app);

                assertThat(old.closed().code()).isEqualTo(1012);
                try (TestSocket again = TestSocket.open(server, "/app/version")) {
                    assertThat(again.next()).isEqualTo("v1");
                }
                assertEvents("v0 closed 1012", "v0 destroyed", "v0 context destroyed");
            }
        }
    }

    @Test
    void socketsOfARemovedApplicationClose() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Path app = version("v0").jar(server.webapps().resolve("app.jar"));
            server.start();
            try (TestSocket socket = TestSocket.open(server, "/app/version")) {
                assertThat(socket.next()).isEqualTo("v0");
                Files.delete(app);

                assertThat(socket.closed().code()).isEqualTo(1001);
                assertEvents("v0 closed 1001", "v0 destroyed", "v0 context destroyed");
            }
        }
    }

    @Test
    void socketsCloseAtOnceWhenTheServerStops() throws Exception {
        try (TestServer server = TestServer.in(home, "http.shutdown-timeout = 10 minutes", plugin)) {
            version("v0").jar(server.webapps().resolve("app.jar"));
            server.start();
            try (TestSocket socket = TestSocket.open(server, "/app/version");
                    RawSocket unanswering = RawSocket.open(server, "/app/version")) {
                assertThat(socket.next()).isEqualTo("v0");
                assertThat(unanswering.next().text()).isEqualTo("v0");
                server.server().stop();

                assertThat(socket.closed().code()).isEqualTo(1001);
                assertThat(unanswering.next().code()).isEqualTo(1001);
                assertThat(events).contains("v0 closed 1001", "v0 context destroyed");
                assertThat(plugin.calls()).endsWith("stopping", "stop");
            }
        }
    }

    @Test
    void clientThatSendsWhileItIsClosedSeesTheCloseFrame() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Path app = version("v0").jar(server.webapps().resolve("app.jar"));
            server.start();
            try (RawSocket busy = RawSocket.open(server, "/app/version")) {
                assertThat(busy.next().text()).isEqualTo("v0");
                Files.delete(app);
                RawSocket.Frame frame = null;
                while (frame == null || frame.opcode() != RawSocket.CLOSE) {
                    busy.send(RawSocket.TEXT, true, "x".repeat(1000));
                    frame = busy.next();
                }
                assertThat(frame.code()).isEqualTo(1001);
            }
        }
    }

    @Test
    void endpointThatDoesNotReturnHoldsUpNeitherRedeploymentNorStop() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Path app = version("v0").jar(server.webapps().resolve("app.jar"));
            server.start();
            try (TestSocket socket = TestSocket.open(server, "/app/version")) {
                assertThat(socket.send("block").next()).isEqualTo("v0");
                assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("blocking");
                version("v1").jar(app);

                assertThat(socket.closed().code()).isEqualTo(1012);
                try (TestSocket again = TestSocket.open(server, "/app/version")) {
                    assertThat(again.next()).isEqualTo("v1");
                    server.server().stop();
                    assertThat(again.closed().code()).isEqualTo(1001);
                }
            } finally {
                release.countDown();
            }
        }
    }

    @Test
    void replacedVersionsWithOpenSocketsAreGarbageCollected() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Path app = server.webapps().resolve("app.jar");
            version("v0").jar(app);
            server.start();
            List<AutoCloseable> sockets = new ArrayList<>();
            try {
                for (int i = 0; i <= REDEPLOYMENTS; i++) {
                    if (i > 0) {
                        version("v" + i).jar(app);
                        server.awaitBody("/app/hello", "v" + i);
                    }
                    TestSocket socket = TestSocket.open(server, "/app/version");
                    RawSocket unanswering = RawSocket.open(server, "/app/version");
                    assertThat(socket.next()).isEqualTo("v" + i);
                    assertThat(unanswering.next().text()).isEqualTo("v" + i);
                    sockets.add(socket);
                    sockets.add(unanswering);
                }

                TestServer.await("only the current version is in memory", () -> {
                    System.gc();
                    return loaders.stream()
                                    .map(WeakReference::get)
                                    .filter(loader -> loader != null)
                                    .distinct()
                                    .count()
                            == 1;
                });
            } finally {
                for (AutoCloseable socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    private void assertEvents(String... expected) throws InterruptedException {
        for (String event : expected) {
            assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo(event);
        }
    }

    private static Archive version(String version) {
        return Archive.greeting(version)
                .source("app.Version", """
                        package app;
                        import jakarta.annotation.*;
                        import java.util.concurrent.CountDownLatch;
                        import java.util.function.Consumer;
                        import jakarta.websocket.*;
                        import jakarta.websocket.server.*;
                        @SuppressWarnings({"unchecked", "rawtypes"})
                        @ServerEndpoint("/version")
                        public class Version {
                            @Resource(name = "events") Consumer events;
                            @Resource(name = "probe") Consumer probe;
                            @Resource(name = "release") CountDownLatch release;
                            @OnOpen public void open(Session session) throws java.io.IOException {
                                probe.accept(this);
                                session.getBasicRemote().sendText("%1$s");
                            }
                            @OnMessage public String message(String text) throws InterruptedException {
                                if (text.equals("block")) {
                                    events.accept("blocking");
                                    release.await();
                                }
                                return "%1$s";
                            }
                            @OnClose public void close(CloseReason reason) {
                                events.accept("%1$s closed " + reason.getCloseCode().getCode());
                            }
                            @PreDestroy public void destroy() { events.accept("%1$s destroyed"); }
                        }
                        """.formatted(version))
                .source("app.Listener", """
                        package app;
                        @SuppressWarnings({"unchecked", "rawtypes"})
                        @jakarta.servlet.annotation.WebListener
                        public class Listener implements jakarta.servlet.ServletContextListener {
                            @jakarta.annotation.Resource(name = "events") private java.util.function.Consumer events;
                            @Override
                            public void contextDestroyed(jakarta.servlet.ServletContextEvent event) {
                                events.accept("%s context destroyed");
                            }
                        }
                        """.formatted(version));
    }
}
