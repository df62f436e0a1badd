package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `bin/pier new`, from the distribution alone: each kind of project is built, its tests pass, and Pier serves it.
/// [FirstApplicationPageIT] does the same with the kind `jar`.
class NewProjectIT {
    private static final int INVALID_COMMAND_LINE = 2;
    private static final Pattern COUNTS = Pattern.compile(
            "<testsuite [^>]*tests=\"(\\d+)\" errors=\"(\\d+)\" skipped=\"(\\d+)\" failures=\"(\\d+)\"");
    private static final Pattern OPEN = Pattern.compile("Open (http\\S+)/");

    @RegisterExtension
    static final ErlangPeer erlang =
            ErlangPeer.with().codePath(ElixirInstallation.modules()).start();

    @TempDir
    static Path folder;

    private static OutsideMaven maven;

    @BeforeAll
    static void useAnEmptyRepository() throws Exception {
        maven = new OutsideMaven(folder);
    }

    @ParameterizedTest
    @CsvSource({"war, 5", "spring, 5", "elixir, 4"})
    void aProjectOfEachKindIsBuiltAndServed(String kind, int tests) throws Exception {
        Path project = folder.resolve(kind + "-shop");
        try (PierProcess created = PierProcess.start(
                folder, "new", project.getFileName().toString(), "--kind", kind, "--package", "org.acme.shop")) {
            assertThat(created.awaitEnd()).as(created.output()).isZero();
            assertThat(created.output()).startsWith(kind + "-shop: A ").hasLineCount(1);
        }
        assertThat(allText(project)).doesNotContain("@{");

        maven.run(project, "package", "-Dpier.test.erlang=required");
        assertThat(counts(project)).as("tests, errors, skipped, failures").containsExactly(tests, 0, 0, 0);
        assertThat(maven.sourcesOfPier()).containsOnly("pier");

        loadBackend(project);
        settings(project);
        String archive = kind.equals("elixir") ? "jar" : "war";
        Files.createDirectory(project.resolve("webapps"));
        Distribution.put(
                project.resolve("target/" + kind + "-shop." + archive), project.resolve("webapps/ROOT." + archive));
        try (PierProcess pier = PierProcess.serving(project, project.resolve("server.conf"), environment())) {
            HttpResponse<String> joe = Await.value(
                    "an answer of Erlang", () -> pier.get("/users?id=joe"), response -> response.statusCode() == 200);
            assertThat(joe.body()).contains("\"name\":\"Joe Armstrong\"", "\"made\":[\"Erlang\"]");
            assertThat(pier.get("/users?id=ann").statusCode()).isEqualTo(404);
            assertThat(pier.get("/").body()).contains("<h1>" + kind + "-shop</h1>");
            erlang.suspend();
            try {
                assertThat(pier.get("/users?id=joe").statusCode())
                        .as("Pier turns exceptions of calls into statuses")
                        .isEqualTo(504);
            } finally {
                erlang.resume();
            }
        }
        runsInTheIde(project);
    }

    /// The class `Run` on the class path that an IDE takes from the POM.
    private static void runsInTheIde(Path project) throws Exception {
        maven.run(project, "dependency:build-classpath", "-Dmdep.outputFile=target/classpath.txt");
        Path output = project.resolve("target/run.log");
        ProcessBuilder run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home", ""), "bin/java").toString(),
                        "-Xmx256m",
                        "-cp",
                        String.join(
                                File.pathSeparator,
                                "target/test-classes",
                                "target/classes",
                                Files.readString(project.resolve("target/classpath.txt"))),
                        "org.acme.shop.Run")
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        run.environment().putAll(environment());
        Process process = run.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            String url = Await.value(
                            "the URL that Run prints",
                            PierProcess.START_TIMEOUT,
                            () -> OPEN.matcher(read(output)).results().findFirst(),
                            found -> found.isPresent() || !process.isAlive())
                    .map(found -> found.group(1))
                    .orElseThrow(() -> new AssertionError("Run ended: " + read(output)));
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url + "/users?id=joe")).build();
            HttpResponse<String> joe = Await.value(
                    "an answer of Erlang",
                    () -> client.send(request, BodyHandlers.ofString()),
                    response -> response.statusCode() == 200);
            assertThat(joe.body()).contains("Joe Armstrong");
            process.destroy();
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Loads the project's module into the node, as README.md says how to do it in one of its own.
    private static void loadBackend(Path project) throws Exception {
        Path elixir = project.resolve("elixir");
        if (Files.exists(elixir)) {
            OutsideMaven.execute(elixir, List.of("mix", "test"), Map.of("HOME", folder.toString()));
            erlang.eval("true = code:add_patha(\"" + elixir.resolve("_build/test/lib/users/ebin") + "\")");
        } else {
            erlang.compile(Files.readString(project.resolve("erlang/users.erl")));
        }
    }

    /// Adds what differs on this machine: free ports, and the EPMD and the cookie of the test's node.
    private static void settings(Path project) throws IOException {
        Files.writeString(
                project.resolve("server.conf"),
                """

                http { host = 127.0.0.1, port = 0 }
                admin.port = 0
                access-log.enabled = false
                erlang { cookie-file = "%s", epmd.port = %d }
                """.formatted(erlang.cookieFile(), TestEpmd.port()),
                StandardOpenOption.APPEND);
    }

    private static Map<String, String> environment() {
        return Map.of("ERLANG_NODE", TestHost.nodeName(TestHost.uniqueName("shop")), "BACKEND_NODE", erlang.nodeName());
    }

    private static String allText(Path project) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.walk(project)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    /// The sums over the reports of all test classes.
    private static List<Integer> counts(Path project) throws IOException {
        int[] sums = new int[4];
        try (Stream<Path> reports = Files.list(project.resolve("target/surefire-reports"))) {
            for (Path report :
                    reports.filter(file -> file.toString().endsWith(".xml")).toList()) {
                MatchResult counts = COUNTS.matcher(Files.readString(report))
                        .results()
                        .findFirst()
                        .orElseThrow();
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += Integer.parseInt(counts.group(i + 1));
                }
            }
        }
        List<Integer> all = new ArrayList<>();
        for (int sum : sums) {
            all.add(sum);
        }
        return all;
    }

    @Test
    void aProjectThatCannotBeMadeIsRefusedInOneSentence() throws Exception {
        Path mine = Files.createDirectory(folder.resolve("mine"));
        Files.writeString(mine.resolve("pom.xml"), "<mine/>");
        assertRefused("the folder 'mine' is not empty", "mine");
        assertThat(mine.resolve("pom.xml")).hasContent("<mine/>");

        assertRefused("'org.class' is not a name for a Java package", "refused", "--package", "org.class");
        assertRefused("use one of elixir, jar, spring, war", "refused", "--kind", "ear");
        assertThat(folder.resolve("refused")).doesNotExist();
    }

    private static void assertRefused(String reason, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("new"));
        command.addAll(List.of(arguments));
        try (PierProcess refused = PierProcess.start(folder, command.toArray(String[]::new))) {
            assertThat(refused.awaitEnd()).isEqualTo(INVALID_COMMAND_LINE);
            assertThat(refused.output())
                    .startsWith("pier new: ")
                    .contains(reason)
                    .hasLineCount(1);
        }
    }
}
