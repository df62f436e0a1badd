package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The Spring Boot project of docs/spring-boot.md, built outside of Pier's sources, and a real Erlang node.
class OutsideSpringBootIT {
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    private static final String USERS = """
            -module(users).
            -export([find/1]).

            find(<<"joe">>) -> {ok, #{name => <<"Joe Armstrong">>, age => 68}};
            find(_) -> {error, not_found}.
            """;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path folder;

    private final String node = TestHost.nodeName(TestHost.uniqueName("shop"));

    @Test
    void itCallsAndIsCalledAndItsHealthFollowsTheNode() throws Exception {
        Path project = folder.resolve("shop");
        copy(Distribution.sources().resolve("docs/example/spring-boot"), project);
        OutsideMaven maven = new OutsideMaven(folder);
        maven.run(
                project,
                "package",
                "-Dpier.repository=" + Distribution.home().resolve("repository").toUri());
        assertThat(project.resolve("target/surefire-reports/com.example.shop.UsersTest.txt"))
                .content()
                .contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
        assertThat(maven.sourcesOfPier()).containsOnly("pier");

        erlang.compile(USERS);
        Path output = project.resolve("shop.log");
        Process shop = start(project, output);
        try (HttpClient client = HttpClient.newHttpClient()) {
            String url = "http://localhost:"
                    + Await.value(
                                    "the port that Boot logs",
                                    PierProcess.START_TIMEOUT,
                                    () -> PORT.matcher(read(output)).results().findFirst(),
                                    found -> found.isPresent() || !shop.isAlive())
                            .map(MatchResult::group)
                            .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                            .orElseThrow(() -> new AssertionError("the application ended: " + read(output)));
            awaitHealth(client, url, 200);
            callsErlang(client, url);
            isCalled();

            erlang.kill();
            awaitHealth(client, url, 503);
            assertThat(get(client, url + "/users/joe").statusCode()).isEqualTo(503);
            erlang.restart();
            awaitHealth(client, url, 200);
            callsErlang(client, url);

            shop.destroy();
            assertThat(shop.waitFor(90, TimeUnit.SECONDS)).isTrue();
            assertThat(erlang.eval("rpc:call('" + node + "', orders, count, [<<\"tea\">>])"))
                    .isEqualTo("{badrpc,nodedown}");
        } finally {
            shop.destroyForcibly();
        }
    }

    private Process start(Path project, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home", ""), "bin/java").toString(),
                        "-Xmx256m",
                        "-jar",
                        "target/shop.jar",
                        "--server.port=0",
                        "--pier.erlang.node=" + node,
                        "--pier.erlang.cookie-file=" + erlang.cookieFile(),
                        "--pier.erlang.epmd.port=" + TestEpmd.port(),
                        "--pier.erlang.peers.backend.node=" + erlang.nodeName())
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static void callsErlang(HttpClient client, String url) throws Exception {
        HttpResponse<String> joe = get(client, url + "/users/joe");
        assertThat(joe.statusCode()).isEqualTo(200);
        assertThat(joe.body()).isEqualTo("{\"name\":\"Joe Armstrong\",\"age\":68}");
        assertThat(get(client, url + "/users/nobody").statusCode()).isEqualTo(404);
    }

    private void isCalled() {
        erlang.eval("{new_orders, '" + node + "'} ! #{item => <<\"tea\">>, count => 2}");
        Await.asserted(
                "the order",
                () -> assertThat(erlang.eval("rpc:call('" + node + "', orders, count, [<<\"tea\">>])"))
                        .isEqualTo("2"));
    }

    private static void awaitHealth(HttpClient client, String url, int status) {
        Await.value(
                "the health " + status,
                () -> get(client, url + "/actuator/health/erlang"),
                response -> response.statusCode() == status);
    }

    private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
