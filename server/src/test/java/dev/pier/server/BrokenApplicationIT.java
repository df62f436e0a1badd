package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static dev.pier.server.webapp.AppStatus.State.FAILED_OLD_SERVING;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Applications that fail in unusual ways. Each fails alone, with one sentence, and leaves nothing in the work folder.
class BrokenApplicationIT {
    /// An entry name that no file can have.
    private static final String NUL = "page\0.html";

    @TempDir
    Path home;

    @Test
    void entryNameThatNoFileCanHaveFailsTheApplicationAloneAtTheStart() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            withNul(server.webapps().resolve("a.war"));
            Archive.greeting("fine").jar(server.webapps().resolve("b.jar"));
            server.start();

            assertThat(server.await("a.war", FAILED).reason())
                    .isEqualTo("archive entry 'page\\u0000.html' has a NUL character in its name");
            assertThat(server.get("/b/hello").body()).isEqualTo("fine");
            assertThat(copies(server)).allMatch(name -> name.startsWith("b-"));
        }
    }

    @Test
    void entryNameThatNoFileCanHaveFailsTheApplicationAloneInARunningServer() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("old").war(server.webapps().resolve("a.war"));
            server.start();
            withNul(server.webapps().resolve("a.war"));
            server.await("a.war", FAILED_OLD_SERVING);
            Archive.greeting("later").jar(server.webapps().resolve("b.jar"));
            server.awaitBody("/b/hello", "later");

            assertThat(server.get("/a/hello").body()).isEqualTo("old");
            assertThat(copies(server)).noneMatch(name -> name.startsWith("a-2"));
        }
    }

    @Test
    void plainJarIsRefusedForTheSameName() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("never").entry(NUL, "x").jar(server.webapps().resolve("a.jar"));
            server.start();

            assertThat(server.await("a.jar", FAILED).reason()).contains("NUL character");
            assertThat(copies(server)).isEmpty();
        }
    }

    private static final class Mute extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("no text");
        }
    }

    static List<Named<Throwable>> thrown() {
        return Stream.of(new StackOverflowError(), new NoClassDefFoundError("x"), new Mute())
                .map(it -> Named.<Throwable>of(it.getClass().getSimpleName(), it))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void anythingThrownForAnApplicationFailsItAlone(Throwable thrown) throws Exception {
        Function<String, Runnable> factory = path -> {
            if (path.equals("/a")) {
                switch (thrown) {
                    case Error e -> throw e;
                    case RuntimeException e -> throw e;
                    default -> throw new AssertionError(thrown);
                }
            }
            return () -> {};
        };
        TestPlugin plugin = new TestPlugin(context -> context.bindPerApplication("job", Runnable.class, factory));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            Archive.greeting("never").jar(server.webapps().resolve("a.jar"));
            Archive.greeting("fine").jar(server.webapps().resolve("b.jar"));
            server.start();

            assertThat(server.await("a.jar", FAILED).reason())
                    .contains(thrown.getClass().getSimpleName());
            assertThat(server.get("/b/hello").body()).isEqualTo("fine");
            assertThat(copies(server)).allMatch(name -> name.startsWith("b-"));
        }
    }

    @Test
    void errorAtTheEndOfAnApplicationDoesNotKeepOthersFromEnding() throws Exception {
        Path ended = home.resolve("ended");
        try (TestServer server = TestServer.in(home, "")) {
            ending("throw new NoClassDefFoundError(\"gone\");")
                    .jar(server.webapps().resolve("a.jar"));
            ending("try { java.nio.file.Files.createFile(java.nio.file.Path.of(\"" + ended + "\")); }"
                            + " catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }")
                    .jar(server.webapps().resolve("b.jar"));
            server.start();
        }
        assertThat(ended).exists();
        assertThat(files(home.resolve("work"))).containsExactly(".lock");
    }

    @Test
    void archiveThatBecomesTooLargeFailsAlone() throws Exception {
        try (TestServer server = TestServer.in(home, "webapps.max-size = 1 MiB")) {
            Archive.pack(server.webapps().resolve("a.war"), Map.of("zeros", new byte[2 << 20]));
            Archive.pack(server.webapps().resolve("b.jar"), Map.of("zeros", new byte[2 << 20]));
            Archive.greeting("fine").jar(server.webapps().resolve("c.jar"));
            server.start();

            for (String file : new String[] {"a.war", "b.jar"}) {
                assertThat(server.await(file, FAILED).reason())
                        .isEqualTo("the unpacked application is larger than 1048576 bytes (webapps.max-size)");
            }
            assertThat(server.get("/c/hello").body()).isEqualTo("fine");
            assertThat(copies(server)).allMatch(name -> name.startsWith("c-"));
        }
    }

    @Test
    void deploymentThatCouldNotCopyIsTriedAgain() throws Exception {
        try (TestServer server = TestServer.started(home, "")) {
            Path apps = appsFolder(server);
            Files.delete(apps);
            Files.createFile(apps);
            Archive.greeting("at last").jar(server.webapps().resolve("a.jar"));
            assertThat(server.await("a.jar", FAILED).reason()).contains("cannot be copied");

            Files.delete(apps);
            server.awaitBody("/a/hello", "at last");
        }
    }

    private static Archive ending(String body) {
        return Archive.greeting("x").source("app.Listener", """
                        package app;
                        @jakarta.servlet.annotation.WebListener
                        public class Listener implements jakarta.servlet.ServletContextListener {
                            @Override
                            public void contextDestroyed(jakarta.servlet.ServletContextEvent event) { %s }
                        }
                        """.formatted(body));
    }

    private static void withNul(Path war) {
        Archive.pack(war, Map.of("index.html", new byte[] {'x'}, NUL, new byte[] {'y'}));
    }

    /// The copies in the folder of the only server.
    private static List<String> copies(TestServer server) throws IOException {
        return files(appsFolder(server));
    }

    private static Path appsFolder(TestServer server) throws IOException {
        return files(server.work()).stream()
                .filter(name -> name.startsWith("pier-"))
                .map(name -> server.work().resolve(name).resolve("apps"))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
