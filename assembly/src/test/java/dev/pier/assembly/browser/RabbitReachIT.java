package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.RabbitNode;
import dev.pier.assembly.RunningPier;
import dev.pier.erlang.testing.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// RabbitMQ's management, an application of a real Cowboy, at a path of the server: each answer is that of its
/// own port, and its page works in a browser. For `bin/test --reach`.
@Tag("reach")
class RabbitReachIT {
    private static final String LOGIN =
            "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));

    /// Headers that belong to a connection, or differ between two answers of the same server.
    private static final Set<String> OWN = Set.of("connection", "date", "transfer-encoding");

    private static final Pattern ASSET = Pattern.compile("(?:src|href)=\"([^\":]+)\"");

    @TempDir
    static Path folder;

    private static RabbitNode rabbit;
    private static RunningPier pier;
    private static final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() throws Exception {
        rabbit = RabbitNode.start(folder);
        pier = RunningPier.serving(
                folder.resolve("pier"), rabbit.cookieFile(), rabbit.nodeName(), """
                erlang.bulk.load-helper = true
                erlang.mounts."/rabbit" { peer = backend, port = %d, raw-path = true }
                """.formatted(rabbit.port()));
        pier.awaitStatus("/rabbit/", 200);
        assertThat(send(pier.at("/rabbit/api/queues/%2F/name"), "PUT", "{}").statusCode())
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        client.close();
        if (pier != null) {
            pier.close();
        }
        if (rabbit != null) {
            rabbit.close();
        }
    }

    private static HttpResponse<byte[]> send(URI address, String method, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("Authorization", LOGIN)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    /// The status, the headers and the body.
    private record Answer(int status, Map<String, List<String>> headers, String body) {
        static Answer of(HttpResponse<byte[]> response) {
            Map<String, List<String>> headers = new TreeMap<>();
            response.headers().map().forEach((name, values) -> {
                if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                    headers.put(name.toLowerCase(Locale.ROOT), values);
                }
            });
            return new Answer(response.statusCode(), headers, new String(response.body(), StandardCharsets.ISO_8859_1));
        }

        /// Without the figures that change all the time.
        Answer withoutFigures() {
            Map<String, List<String>> fixed = new TreeMap<>(headers);
            fixed.remove("content-length");
            fixed.remove("etag");
            return new Answer(status, fixed, body.replaceAll("[-0-9.]+", ""));
        }
    }

    private static List<String> paths() throws Exception {
        List<String> paths = new ArrayList<>(List.of(
                "/",
                "/api/whoami",
                "/api/vhosts",
                "/api/exchanges/%2F",
                "/api/exchanges/%2F/amq.direct",
                "/api/queues/%2F/none",
                "/api/extensions",
                "/api/nope",
                "/nope",
                "/cli",
                "/cli/index.html",
                "/cli/rabbitmqadmin",
                "/api/index.html",
                "/js/tmpl/login.ejs",
                "/js/tmpl/overview.ejs",
                "/js/dispatcher.js"));
        ASSET.matcher(new String(send(rabbit.at("/"), "GET", "").body(), StandardCharsets.UTF_8))
                .results()
                .map(asset -> "/" + asset.group(1))
                .distinct()
                .forEach(paths::add);
        return paths;
    }

    @Test
    void eachPathHasTheBytesOfItsOwnPort() throws Exception {
        List<String> paths = paths();
        assertThat(paths).hasSizeGreaterThan(25);
        for (String path : paths) {
            for (String method : List.of("GET", "HEAD")) {
                for (String encoding : List.of("identity", "gzip")) {
                    Answer own = Answer.of(send(rabbit.at(path), method, "", "Accept-Encoding", encoding));
                    Answer mounted =
                            Answer.of(send(pier.at("/rabbit" + path), method, "", "Accept-Encoding", encoding));
                    assertThat(mounted).as("%s %s, %s", method, path, encoding).isEqualTo(own);
                }
            }
        }
        for (String path : List.of("/api/overview", "/api/queues/%2F/name", "/api/nodes")) {
            Answer own = Answer.of(send(rabbit.at(path), "GET", "")).withoutFigures();
            Answer mounted =
                    Answer.of(send(pier.at("/rabbit" + path), "GET", "")).withoutFigures();
            assertThat(mounted).as(path).isEqualTo(own);
        }
        assertThat(send(pier.at("/rabbit/api/queues/%2F/none"), "GET", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void thePageLogsInAndShowsAQueue() {
        try (Browser browser = Browser.at(pier.at("/rabbit/"))) {
            Await.until("the form", () -> !browser.all("input[name=username]").isEmpty());
            browser.write("input[name=username]", "guest");
            browser.write("input[name=password]", "guest");
            browser.click("#login input[type=submit]");
            browser.awaitText("#main h1", "Overview");
            browser.run("window.location.hash = '#/queues/%2F/name'");
            browser.awaitText("#main h1", "name");
            assertThat(browser.run("return performance.getEntriesByType('resource').map((e) => new URL(e.name))"
                            + ".every((url) => url.port === window.location.port"
                            + " && url.pathname.startsWith('/rabbit/'))"))
                    .isEqualTo(true);
        }
    }
}
