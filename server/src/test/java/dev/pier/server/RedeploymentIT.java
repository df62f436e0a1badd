package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.FAILED_OLD_SERVING;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedeploymentIT {
    private static final int CLIENTS = 32;
    private static final int REDEPLOYMENTS = 10;

    @TempDir
    Path home;

    @ParameterizedTest
    @ValueSource(strings = {"app.jar", "app.war"})
    void noRequestFailsWhileAnApplicationIsReplaced(String file) throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Path app = server.webapps().resolve(file);
            pack(Archive.greeting("v0"), app);
            server.start();
            try (Load load = new Load(CLIENTS, server.at("/app/hello"), "v\\d+")) {
                for (int i = 1; i <= REDEPLOYMENTS; i++) {
                    pack(Archive.greeting("v" + i), app);
                    server.awaitBody("/app/hello", "v" + i);
                    load.awaitMore(CLIENTS);
                }
                // Clients must not notice a broken version either.
                Files.write(app, Arrays.copyOf(Files.readAllBytes(app), 300));
                server.await(file, FAILED_OLD_SERVING);
                load.awaitMore(CLIENTS);
                assertThat(load.failures()).isEmpty();
            }
            assertThat(server.get("/app/hello").body()).isEqualTo("v" + REDEPLOYMENTS);
        }
    }

    @Test
    void requestInFlightEndsInTheOldVersionWhileNewRequestsUseTheNewOne() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        TestPlugin plugin = new TestPlugin(context -> {
            context.bind("entered", CountDownLatch.class, entered);
            context.bind("release", CountDownLatch.class, release);
        });
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Path app = server.webapps().resolve("app.jar");
            // The class Late is loaded only after the new version has taken over.
            Archive.waiting("app.Late.text()")
                    .source("app.Late", "package app; class Late { static String text() { return \"old\"; } }")
                    .jar(app);
            server.start();
            CompletableFuture<HttpResponse<String>> inside = server.client()
                    .sendAsync(HttpRequest.newBuilder(server.at("/app/wait")).build(), BodyHandlers.ofString());
            entered.await();

            Archive.greeting("new").jar(app);
            server.awaitBody("/app/hello", "new");
            assertThat(inside).isNotDone();
            release.countDown();

            assertThat(inside.get().statusCode()).isEqualTo(200);
            assertThat(inside.get().body()).isEqualTo("old");
        }
    }

    /// What an application does at its start that the JDK keeps references from.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "java.beans.Introspector.getBeanInfo(getClass());",
                "java.sql.DriverManager.registerDriver((java.sql.Driver) java.lang.reflect.Proxy.newProxyInstance("
                        + "getClass().getClassLoader(), new Class<?>[] {java.sql.Driver.class, Own.class},"
                        + " (proxy, method, arguments) -> null));"
            })
    void replacedVersionsAreGarbageCollected(String start) throws Exception {
        List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();
        Consumer<ClassLoader> probe = loader -> loaders.add(new WeakReference<>(loader));
        TestPlugin plugin = new TestPlugin(context -> context.bind("probe", Consumer.class, probe));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Path app = server.webapps().resolve("app.jar");
            probed("v0", start).jar(app);
            server.start();
            server.awaitBody("/app/hello", "v0");
            for (int i = 1; i <= REDEPLOYMENTS; i++) {
                probed("v" + i, start).jar(app);
                server.awaitBody("/app/hello", "v" + i);
            }

            assertThat(loaders).hasSize(REDEPLOYMENTS + 1);
            TestServer.await("only the current version to be in memory", () -> inMemory(loaders) == 1);

            // Jetty keeps the context of a connection's last request for the next one.
            server.client().close();
            Files.delete(app);
            TestServer.await("no version to be in memory", () -> inMemory(loaders) == 0);
        }
    }

    private static long inMemory(List<WeakReference<ClassLoader>> loaders) {
        System.gc();
        return loaders.stream().filter(it -> it.get() != null).count();
    }

    private static void pack(Archive archive, Path file) {
        if (file.toString().endsWith(".war")) {
            archive.war(file);
        } else {
            archive.jar(file);
        }
    }

    private static Archive probed(String text, String start) {
        return new Archive()
                .servlet("app.Hello", "/hello", """
                        @Inject private java.util.function.Consumer probe;
                        @Override @SuppressWarnings("unchecked")
                        public void init() { probe.accept(getClass().getClassLoader()); }
                        """, "response.getWriter().print(\"" + text + "\");")
                .source("app.Own", "package app; interface Own {}")
                .source("app.Start", """
                        package app;
                        @jakarta.servlet.annotation.WebListener
                        public class Start implements jakarta.servlet.ServletContextListener {
                            @Override
                            public void contextInitialized(jakarta.servlet.ServletContextEvent event) {
                                try {
                                    %s
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            }
                        }
                        """.formatted(
                                start.isEmpty() ? "if (event == null) throw new Exception();" : start));
    }
}
