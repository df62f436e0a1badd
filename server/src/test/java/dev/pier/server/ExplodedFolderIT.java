package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Exploded folders with more in them than files and folders.
class ExplodedFolderIT {
    @TempDir
    Path home;

    private Path app = Path.of("");
    private Path outside = Path.of("");

    @BeforeEach
    void makeFolders() throws Exception {
        app = Archive.greeting("hi").entry("real/page.txt", "inside").folder(home.resolve("webapps/app"));
        outside = Files.createDirectories(home.resolve("outside"));
        Files.writeString(outside.resolve("page.txt"), "outside");
    }

    @Test
    void linksInsideTheFolderAreFollowed() throws Exception {
        Files.createSymbolicLink(app.resolve("linked"), Path.of("real"));
        Files.createSymbolicLink(app.resolve("page.txt"), app.resolve("real/page.txt"));
        try (TestServer server = TestServer.started(home, "")) {
            assertThat(server.get("/app/linked/page.txt").body()).isEqualTo("inside");
            assertThat(server.get("/app/page.txt").body()).isEqualTo("inside");
        }
    }

    @Test
    void folderItselfCanBeALink() throws Exception {
        Files.move(app, home.resolve("elsewhere"));
        Files.createSymbolicLink(app, home.resolve("elsewhere"));
        try (TestServer server = TestServer.started(home, "")) {
            assertThat(server.get("/app/real/page.txt").body()).isEqualTo("inside");
        }
    }

    @Test
    void linksOutOfTheFolderNeedASetting() throws Exception {
        Files.createSymbolicLink(app.resolve("linked"), outside);
        try (TestServer server = TestServer.started(home, "")) {
            assertThat(server.await("app", FAILED).reason())
                    .isEqualTo("the link 'linked' leads out of the application, to '" + outside.toRealPath()
                            + "' (webapps.follow-links = true allows it)");
        }
        try (TestServer server = TestServer.started(home, "webapps.follow-links = true")) {
            assertThat(server.get("/app/linked/page.txt").body()).isEqualTo("outside");
            Files.writeString(outside.resolve("page.txt"), "changed outside");
            server.awaitBody("/app/linked/page.txt", "changed outside");
        }
    }

    @Test
    void danglingLinkIsNamedAndARepairedOneIsDeployed() throws Exception {
        Path link = Files.createSymbolicLink(app.resolve("lost"), Path.of("nowhere"));
        try (TestServer server = TestServer.started(home, "")) {
            assertThat(server.await("app", FAILED).reason())
                    .isEqualTo("the link 'lost' leads to 'nowhere', which does not exist");
            Files.delete(link);
            server.awaitBody("/app/hello", "hi");
        }
    }

    @Test
    void linkThatFormsACycleIsNamed() throws Exception {
        Files.createSymbolicLink(app.resolve("real/up"), app);
        for (String follow : new String[] {"false", "true"}) {
            try (TestServer server = TestServer.started(home, "webapps.follow-links = " + follow)) {
                assertThat(server.await("app", FAILED).reason())
                        .isEqualTo("the link 'real/up' leads back to a folder above it");
            }
        }
    }

    @Test
    void pipeDoesNotStopTheDeployer() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", app.resolve("pipe").toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        try (TestServer server = TestServer.started(home, "")) {
            assertThat(server.await("app", FAILED).reason()).isEqualTo("'pipe' is neither a file nor a folder");
            Archive.greeting("later").jar(server.webapps().resolve("later.jar"));
            server.awaitBody("/later/hello", "later");
        }
    }
}
