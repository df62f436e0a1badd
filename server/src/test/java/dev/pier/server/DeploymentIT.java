package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.DEPLOYED;
import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static dev.pier.server.webapp.AppStatus.State.FAILED_OLD_SERVING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.webapp.AppStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentIT {
    @TempDir
    Path home;

    @Test
    void warsJarsAndFoldersAreServedAtThePathOfTheirName() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("a war").war(server.webapps().resolve("w.war"));
            Archive.greeting("a jar").jar(server.webapps().resolve("j.jar"));
            Archive.greeting("a folder").folder(server.webapps().resolve("f"));
            Archive.greeting("the root").jar(server.webapps().resolve("ROOT.jar"));
            Archive.greeting("two levels").jar(server.webapps().resolve("a#b.jar"));
            server.start();

            assertThat(server.get("/w/hello").body()).isEqualTo("a war");
            assertThat(server.get("/j/hello").body()).isEqualTo("a jar");
            assertThat(server.get("/f/hello").body()).isEqualTo("a folder");
            assertThat(server.get("/hello").body()).isEqualTo("the root");
            assertThat(server.get("/a/b/hello").body()).isEqualTo("two levels");
            assertThat(server.get("/jjj/hello").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void jarServesItsWebResourcesButNotItsClasses() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("hi")
                    .entry("META-INF/resources/page.html", "<p>page</p>")
                    .jar(server.webapps().resolve("j.jar"));
            server.start();

            assertThat(server.get("/j/page.html").body()).isEqualTo("<p>page</p>");
            assertThat(server.get("/j/app/Hello.class").statusCode()).isEqualTo(404);
            assertThat(server.get("/j/WEB-INF/lib/00-app.jar").statusCode()).isEqualTo(404);
        }
    }

    /// The first library has a class that the application has, too: its own class counts, as in a war.
    @Test
    void jarBringsItsLibraries() throws Exception {
        Path first = new Archive()
                .source(
                        "lib.Shared",
                        "package lib; public class Shared { public String text() { return \"library\"; } }")
                .jar(home.resolve("a.jar"));
        Path second = new Archive()
                .source("lib.Only", "package lib; public class Only { public String text() { return \"only\"; } }")
                .entry("META-INF/resources/page.html", "of a library")
                .jar(home.resolve("b.jar"));
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .library(first)
                    .library(second)
                    .source(
                            "lib.Shared",
                            "package lib; public class Shared { public String text() { return \"own\"; } }")
                    .servlet(
                            "app.Hello",
                            "/hello",
                            "response.getWriter().print(new lib.Shared().text() + \" \" + new lib.Only().text());")
                    .jar(server.webapps().resolve("j.jar"));
            server.start();

            assertThat(server.get("/j/hello").body()).isEqualTo("own only");
            assertThat(server.get("/j/page.html").body()).isEqualTo("of a library");
            assertThat(server.get("/j/META-INF/lib/a.jar").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void directoriesAreNotListed() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .entry("files/secret.txt", "x")
                    .entry("index.html", "welcome")
                    .folder(server.webapps().resolve("f"));
            server.start();

            assertThat(server.get("/f/").body()).isEqualTo("welcome");
            assertThat(server.get("/f/files/").body()).doesNotContain("secret.txt");
            assertThat(server.get("/f/files/secret.txt").body()).isEqualTo("x");
            assertThat(server.get("/f/WEB-INF/").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void otherFilesAreIgnored() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("old").jar(server.webapps().resolve("app##1.jar"));
            Archive.greeting("hidden").jar(server.webapps().resolve(".app.jar"));
            Archive.greeting("upload").jar(server.webapps().resolve("app.jar.part"));
            Archive.greeting("bad name").jar(server.webapps().resolve("a b.jar"));
            Archive.greeting("good").jar(server.webapps().resolve("good.jar"));
            server.start();

            assertThat(server.server().applications())
                    .extracting(AppStatus::file)
                    .containsExactly("good.jar");
        }
    }

    @Test
    void applicationsFollowTheirFiles() throws Exception {
        try (TestServer server = TestServer.started(home, "")) {
            Path jar = Archive.greeting("here").jar(server.webapps().resolve("app.jar"));
            server.awaitBody("/app/hello", "here");

            Files.delete(jar);
            TestServer.await(
                    "the application is undeployed",
                    () -> server.get("/app/hello").statusCode() == 404);
            assertThat(server.server().applications()).isEmpty();
        }
    }

    @Test
    void growingFileIsDeployedOnceItIsComplete() throws Exception {
        try (TestServer server = TestServer.started(home, "webapps.scan-interval = 50 ms")) {
            byte[] whole = Files.readAllBytes(Archive.greeting("whole").jar(home.resolve("whole.jar")));
            Path target = server.webapps().resolve("app.jar");
            // In two parts: whether or not the server tries the first one, it must deploy the whole file.
            Files.write(target, Arrays.copyOf(whole, whole.length / 2));
            Files.write(target, whole);

            server.awaitBody("/app/hello", "whole");
            assertThat(server.await("app.jar", DEPLOYED).reason()).isNull();
        }
    }

    @Test
    void brokenApplicationsFailAloneWithAReason() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Path war = Archive.greeting("x").war(server.webapps().resolve("truncated.war"));
            Files.write(war, Arrays.copyOf(Files.readAllBytes(war), 500));
            new Archive()
                    .entry("WEB-INF/web.xml", "<web-app><oops></web-app>")
                    .war(server.webapps().resolve("xml.war"));
            throwingListener().war(server.webapps().resolve("listener.war"));
            Archive.greeting("fine").jar(server.webapps().resolve("fine.jar"));
            server.start();

            assertThat(server.get("/fine/hello").body()).isEqualTo("fine");
            assertThat(server.await("truncated.war", FAILED).reason()).contains("not a complete archive");
            assertThat(server.await("xml.war", FAILED).reason())
                    .contains("line 1")
                    .contains("oops");
            assertThat(server.await("listener.war", FAILED).reason()).contains("the database is not there");
            assertThat(server.get("/listener/").statusCode()).isEqualTo(404);
            assertThat(server.get("/fine/hello").body()).isEqualTo("fine");
        }
    }

    @Test
    void oldVersionServesWhenTheNewOneFails() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Path war = Archive.greeting("old").war(server.webapps().resolve("app.war"));
            server.start();
            byte[] good = Files.readAllBytes(war);

            throwingListener().war(war);
            server.await("app.war", FAILED_OLD_SERVING);
            assertThat(server.get("/app/hello").body()).isEqualTo("old");

            Archive.pack(war, Map.of("WEB-INF/web.xml", "<broken".getBytes(StandardCharsets.UTF_8)));
            TestServer.await(
                    "the reason changes",
                    () -> String.valueOf(server.status("app.war").orElseThrow().reason())
                            .contains("malformed descriptor"));
            assertThat(server.get("/app/hello").body()).isEqualTo("old");

            Files.write(war, Arrays.copyOf(good, good.length / 2));
            TestServer.await(
                    "the reason changes",
                    () -> String.valueOf(server.status("app.war").orElseThrow().reason())
                            .contains("archive"));
            assertThat(server.get("/app/hello").body()).isEqualTo("old");

            Archive.greeting("new").war(war);
            server.awaitBody("/app/hello", "new");
            server.await("app.war", DEPLOYED);
        }
    }

    @Test
    void pathBelongsToOneFileUntilItIsDeleted() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Path jar = Archive.greeting("jar").jar(server.webapps().resolve("app.jar"));
            Archive.greeting("war").war(server.webapps().resolve("app.war"));
            server.start();

            assertThat(server.get("/app/hello").body()).isEqualTo("jar");
            assertThat(server.await("app.war", FAILED).reason()).contains("already served by app.jar");

            Files.delete(jar);
            server.awaitBody("/app/hello", "war");
        }
    }

    @Test
    void applicationThatNeverStartsDoesNotBlockOthers() throws Exception {
        try (TestServer server = TestServer.in(home, "webapps.start-timeout = 1 s")) {
            listener("Thread.sleep(600_000);").war(server.webapps().resolve("a.war"));
            Archive.greeting("fine").jar(server.webapps().resolve("b.jar"));
            server.start();

            assertThat(server.await("a.war", FAILED).reason()).contains("webapps.start-timeout");
            assertThat(server.get("/b/hello").body()).isEqualTo("fine");
        }
    }

    @Test
    void copiesOfDeadServersAreRemovedAndThoseOfLiveServersKept() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Path dead = Files.createDirectories(server.work().resolve("pier-dead"));
            Files.writeString(dead.resolve(".lock"), "");
            Files.writeString(dead.resolve("left.txt"), "over");
            Archive.greeting("hi").jar(server.webapps().resolve("app.jar"));
            server.start();
            assertThat(dead).doesNotExist();

            try (TestServer second = TestServer.started(home, "")) {
                assertThat(second.get("/app/hello").body()).isEqualTo("hi");
                assertThat(server.get("/app/hello").body()).isEqualTo("hi");
                assertThat(entries(server.work())).isEqualTo(2);
            }
            assertThat(entries(server.work())).isEqualTo(1);
        }
        assertThat(entries(home.resolve("work"))).isZero();
    }

    @Test
    void archiveEntryOutsideItsFolderIsRejected() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.pack(server.webapps().resolve("evil.war"), Map.of("../../evil.txt", new byte[] {1}));
            server.start();

            assertThat(server.await("evil.war", FAILED).reason()).contains("outside");
        }
    }

    private static long entries(Path folder) throws Exception {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).count();
        }
    }

    private static Archive throwingListener() {
        return listener("throw new IllegalStateException(\"the database is not there\");");
    }

    private static Archive listener(String body) {
        return Archive.greeting("never").source("app.Listener", """
                        package app;
                        @jakarta.servlet.annotation.WebListener
                        public class Listener implements jakarta.servlet.ServletContextListener {
                            @Override
                            public void contextInitialized(jakarta.servlet.ServletContextEvent event) {
                                try {
                                    if (true) { %s }
                                } catch (RuntimeException e) {
                                    throw e;
                                } catch (Exception e) {
                                    Thread.currentThread().interrupt();
                                }
                            }
                        }
                        """.formatted(body));
    }
}
