package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.TestEpmd;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Replays docs/first-application.md: its blocks of commands, in their order, with the archive of this build, and
/// the answers that the page promises.
class FirstApplicationPageIT {
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private int port;

    @Test
    void theCommandsDoWhatThePageSays() throws Exception {
        port = freePort();
        Path archive = archive();
        Files.copy(archive, folder.resolve(archive.getFileName()));
        Map<String, String> environment = environment();
        Iterator<String> page = commands();
        Pattern open = Pattern.compile("Open http://[^ ]+:" + port + "/");
        // Maven looks for this folder upwards, and must not find Pier's.
        Files.createDirectory(folder.resolve(".mvn"));
        try (Terminal first = new Terminal(folder, "first", environment)) {
            succeed(first, page.next());
            String built = succeed(first, page.next());
            assertThat(built).contains("Tests run: 5, Failures: 0, Errors: 0, Skipped: 0");

            Path project = folder.resolve("shop");
            addSettings(project);
            try (Terminal second = new Terminal(project, "second", environment);
                    Terminal third = new Terminal(project, "third", environment)) {
                second.start(page.next());
                third.run("export PIER=" + folder.resolve(archiveName(archive)) + "\n");
                Await.until("the node", () -> TestEpmd.names().contains("backend"));
                third.start(page.next());
                awaitInLog(third, "Connected to backend@localhost as shop_web@localhost");

                String[] copyAndAsk = page.next().split("\n", 2);
                succeed(first, copyAndAsk[0]);
                awaitInLog(third, "Deployed ROOT.jar at /");
                String answers = succeed(first, copyAndAsk[1]);
                assertThat(answers)
                        .contains(
                                "HTTP/1.1 200", "\"name\":\"Joe Armstrong\"", "\"made\":[\"Erlang\"]", "HTTP/1.1 404");

                Terminal.Result failed = first.run(page.next());
                assertThat(failed.failed()).containsExactly("mvn package");
                assertThat(failed.output()).contains("UsersTest.answers404ForAnUnknownUser");

                String[] replaceAndAsk = page.next().split("\n(?=curl)", 2);
                succeed(first, replaceAndAsk[0]);
                awaitInLog(third, "Redeployed ROOT.jar at /");
                assertThat(succeed(first, replaceAndAsk[1])).contains("HTTP/1.1 410");

                third.end();
                awaitInLog(third, "stopped");
                first.start(page.next());
                Await.until(
                        "the URL that Run prints",
                        Duration.ofMinutes(2),
                        () -> open.matcher(first.output()).find());
                try (Terminal fourth = new Terminal(project, "fourth", environment)) {
                    assertThat(succeed(fourth, "curl -i 'http://localhost:" + port + "/users?id=joe'\n"))
                            .contains("HTTP/1.1 200", "\"name\":\"Joe Armstrong\"");
                }
            }
        }
        assertThat(page).as("blocks that the test has not run").isExhausted();
    }

    private static String succeed(Terminal terminal, String commands) throws Exception {
        Terminal.Result result = terminal.run(commands);
        assertThat(result.failed()).as(result.output()).isEmpty();
        return result.output();
    }

    private static void awaitInLog(Terminal terminal, String text) {
        Await.until(
                "the log to have: " + text,
                Terminal.TIMEOUT,
                () -> terminal.output().contains(text));
    }

    /// The blocks of the page, for the port of this test.
    private Iterator<String> commands() throws IOException {
        return BLOCK.matcher(Files.readString(Distribution.home().resolve("docs/first-application.md")))
                .results()
                .map(block -> block.group(1).replace("localhost:8080", "localhost:" + port))
                .toList()
                .iterator();
    }

    private static Path archive() throws IOException {
        try (var files = Files.newDirectoryStream(Distribution.home().resolveSibling("."), "pier-*.tar.gz")) {
            return files.iterator().next().toRealPath();
        }
    }

    private static String archiveName(Path archive) {
        return archive.getFileName().toString().replace(".tar.gz", "");
    }

    /// A home of its own, and a command `mvn` that starts with an empty local repository.
    private Map<String, String> environment() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("commands"));
        Path mvn = bin.resolve("mvn");
        Files.writeString(mvn, "#!/bin/sh\nexec " + String.join(" ", new OutsideMaven(folder).command()) + " \"$@\"\n");
        Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", bin + ":" + System.getenv("PATH"));
        environment.put("HOME", Files.createDirectories(folder.resolve("home")).toString());
        environment.put("JAVA_HOME", System.getProperty("java.home", ""));
        environment.put("PIER_JAVA_OPTS", "-Xmx256m");
        environment.put("PIER_HTTP_PORT", Integer.toString(port));
        environment.put("ERL_EPMD_PORT", Integer.toString(TestEpmd.port()));
        return environment;
    }

    /// The differences on this machine: the EPMD and the cookie of a home that is not that of Java's user.
    private void addSettings(Path project) throws IOException {

        Files.write(
                project.resolve("server.conf"),
                List.of(
                        "http.host = 127.0.0.1",
                        "admin.port = 0",
                        "erlang.epmd.port = " + TestEpmd.port(),
                        "erlang.cookie-file = \"" + folder.resolve("home/.erlang.cookie") + "\""),
                StandardOpenOption.APPEND);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
