package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.plugin.ErlangPlugin;
import dev.pier.testkit.FakeErlang;
import java.lang.ref.WeakReference;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Wars with web frameworks: each answers with a page, with JSON, to an upload, with its session and with the answer of
/// a peer, is replaced under load without a failed request, and leaves no class loader behind. `docs/frameworks.md` has
/// their table.
class FrameworksIT {
    private static final int CLIENTS = 2;
    private static final int REDEPLOYMENTS = 5;

    @TempDir
    Path home;

    @AutoClose
    final FakeErlang backend = FakeErlang.start();

    @AutoClose
    final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

    @ParameterizedTest
    @EnumSource
    void servesAndIsReplaced(Framework framework) throws Exception {
        backend.when("users", "find", "joe").returns("Joe of Erlang");
        replace(framework.at("/hello"), framework::war, (server, version) -> {
            HttpResponse<String> json = get(server, framework.at("/hello"));
            assertThat(json.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
            HttpResponse<String> page = get(server, framework.at("/page"));
            assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
            assertThat(page.body()).containsPattern("<h1[^>]*>v" + version + "</h1>");
            assertThat(upload(server, framework.at("/upload"))).isEqualTo("note.txt 11");
            // The sessions of an application outlive its versions.
            assertThat(get(server, framework.at("/visits")).body()).isEqualTo("" + (version + 1));
            assertThat(get(server, framework.at("/peer?name=joe")).body()).isEqualTo("Joe of Erlang");
        });
    }

    @Test
    void logback() throws Exception {
        Path log = home.resolve("application.log");
        replace("/app/hello", version -> JakartaWars.logback(version, log), (_, _) -> {});
        assertThat(log).content().contains("INFO app.Hello: Greeted by v0", "INFO app.Hello: Greeted by v5");
    }

    @Test
    void documentationHasTheTable() throws Exception {
        List<String> rows = Files.readAllLines(Path.of("../docs/frameworks.md")).stream()
                .dropWhile(line -> !line.startsWith("| framework |"))
                .takeWhile(line -> line.startsWith("|"))
                .toList();

        assertThat(rows)
                .as("the table is to be\n%s\n", String.join("\n", Framework.table()))
                .isEqualTo(Framework.table());
    }

    private interface Visit {
        void check(TestServer server, int version) throws Exception;
    }

    private HttpResponse<String> get(TestServer server, String path) throws Exception {
        return answer(HttpRequest.newBuilder(server.at(path)));
    }

    private String upload(TestServer server, String path) throws Exception {
        String body = """
                --frontier
                Content-Disposition: form-data; name="file"; filename="note.txt"
                Content-Type: text/plain

                hello world
                --frontier--
                """.replace("\n", "\r\n");
        return answer(HttpRequest.newBuilder(server.at(path))
                        .header("Content-Type", "multipart/form-data; boundary=frontier")
                        .POST(BodyPublishers.ofString(body)))
                .body()
                .strip();
    }

    private HttpResponse<String> answer(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response =
                browser.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response;
    }

    /// Deploys a war, replaces it under load, and waits until the class loaders of the old versions are collected.
    ///
    /// @param war the war for the text of a version
    /// @param visit checks the answers of each version
    private void replace(String page, Function<String, Archive> war, Visit visit) throws Exception {
        List<WeakReference<ClassLoader>> loaders = new CopyOnWriteArrayList<>();
        Consumer<ClassLoader> probe = loader -> loaders.add(new WeakReference<>(loader));
        TestPlugin plugin = new TestPlugin(context -> context.bind("probe", Consumer.class, probe));
        try (TestServer server = TestServer.in(home, erlang(), plugin, new ErlangPlugin())) {
            Path file = server.webapps().resolve("app.war");
            war.apply("v0").war(file);
            server.start();
            server.awaitBody(page, json("v0"));
            visit.check(server, 0);
            try (Load load = new Load(CLIENTS, server.at(page), "\\{\"text\":\"v\\d\"}")) {
                for (int i = 1; i <= REDEPLOYMENTS; i++) {
                    war.apply("v" + i).war(file);
                    server.awaitBody(page, json("v" + i));
                    load.awaitMore(CLIENTS);
                    visit.check(server, i);
                }
                assertThat(load.failures()).isEmpty();
            }

            assertThat(loaders).hasSize(REDEPLOYMENTS + 1);
            TestServer.await("only the current version is in memory", () -> {
                System.gc();
                return loaders.stream().filter(it -> it.get() != null).count() == 1;
            });
        }
    }

    /// Settings of a node whose peer is the fake one.
    private String erlang() throws Exception {
        Path cookie = Files.writeString(home.resolve("cookie"), backend.cookie());
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("rw-------"));
        return """
                erlang {
                  node = "frameworks-%d@localhost"
                  cookie-file = "%s"
                  epmd.port = %d
                  listen.host = 127.0.0.1
                  peers.backend { node = "%s", connect = at-first-use }
                }
                """.formatted(ProcessHandle.current().pid(), cookie, FakeErlang.epmdPort(), backend.nodeName());
    }

    private static String json(String text) {
        return "{\"text\":\"" + text + "\"}";
    }
}
