package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The page of the admin port, and what it shows beside the status.
class AdminPageIT {
    private static final String TOKEN = "admin.token-file = admin.token\n";
    private static final Path PAGE = Path.of("src/main/resources/dev/pier/server/admin/page");
    private static final Pattern REFERENCE = Pattern.compile("[0-9a-f]{16}");

    private static final List<String> PROTECTED =
            List.of("/failures", "/failures/0123456789abcdef", "/logs", "/logs/0", "/settings");

    @TempDir
    Path home;

    private HttpResponse<String> withToken(TestServer server, String path) throws Exception {
        String token = Files.readString(home.resolve("conf/admin.token")).strip();
        return server.send(HttpRequest.newBuilder(server.server().adminUrl().resolve(path))
                .header("Authorization", "Bearer " + token));
    }

    private JsonNode json(TestServer server, String path) throws Exception {
        HttpResponse<String> answer = withToken(server, path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void thePageAndItsFilesNeedNoTokenAndLoadNothingElse() throws Exception {
        TestPlugin plugin = new TestPlugin(context -> context.page("export function mount() {}"));
        try (TestServer server = TestServer.started(home, TOKEN, plugin)) {
            HttpResponse<String> page = server.admin("/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("default-src 'none'; script-src 'self'; ")
                    .doesNotContain("unsafe");
            assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(page.body()).doesNotContain("://", "<style", "onclick").containsOnlyOnce("<script");
            Matcher links = Pattern.compile("(?:href|src)=\"(page/[^\"]+)\"").matcher(page.body());
            assertThat(links.results().map(it -> it.group(1)))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(server.admin("/" + file).statusCode())
                            .as(file)
                            .isEqualTo(200));

            assertThat(server.admin("/page/plugins.json").body()).isEqualTo("[\"test.js\"]");
            HttpResponse<String> script = server.admin("/page/plugins/test.js");
            assertThat(script.body()).isEqualTo("export function mount() {}");
            assertThat(script.headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");
        }
    }

    @Test
    void everyImportedModuleIsServed() throws Exception {
        try (TestServer server = TestServer.started(home, "")) {
            List<String> files;
            try (Stream<Path> all = Files.list(PAGE)) {
                files = all.map(it -> it.getFileName().toString()).toList();
            }
            for (String file : files) {
                HttpResponse<String> served = server.admin("/page/" + file);
                assertThat(served.statusCode()).as(file).isEqualTo(200);
                Pattern.compile("from '\\./([^']+)'")
                        .matcher(served.body())
                        .results()
                        .forEach(it -> assertThat(PAGE.resolve(it.group(1))).exists());
            }
        }
    }

    @Test
    void otherPathsHaveNothing() throws Exception {
        List<String> paths = List.of(
                "/page/",
                "/page/none.js",
                "/page/../AdminPage.class",
                "/page/%2e%2e/AdminPage.class",
                "/page/plugins/none.js",
                "/page//app.js",
                "/page/app.js/",
                "/index.html");
        try (TestServer server = TestServer.started(home, "")) {
            for (String path : paths) {
                assertThat(server.admin(path).statusCode()).as(path).isIn(400, 404);
            }
        }
    }

    @Test
    void whatShowsMoreThanTheStatusNeedsTheToken() throws Exception {
        try (TestServer server = TestServer.started(home, TOKEN)) {
            for (String path : PROTECTED) {
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(server.server().adminUrl().resolve(path));
                assertThat(server.send(request.copy()).statusCode()).as(path).isEqualTo(401);
                assertThat(server.send(request.copy().header("Sec-Fetch-Site", "cross-site"))
                                .statusCode())
                        .as(path)
                        .isEqualTo(403);
                assertThat(server.send(request.copy().POST(BodyPublishers.noBody()))
                                .statusCode())
                        .as(path)
                        .isEqualTo(405);
                assertThat(withToken(server, path).statusCode()).as(path).isIn(200, 404);
            }
        }
    }

    @Test
    void withoutATokenFileNothingMoreIsShown() throws Exception {
        try (TestServer server = TestServer.started(home, "")) {
            for (String path : PROTECTED) {
                HttpResponse<String> off = server.admin(path);
                assertThat(off.statusCode()).as(path).isEqualTo(403);
                assertThat(off.body()).contains("set admin.token-file");
            }
        }
    }

    @Test
    void theReferenceOfAnErrorPageFindsTheStackTrace() throws Exception {
        try (TestServer server = TestServer.in(home, TOKEN)) {
            Archive.greeting("hi")
                    .servlet("app.Fails", "/fails", "throw new IllegalStateException(\"the reason\");")
                    .servlet("app.Refuses", "/refuses", "response.sendError(503, \"not now\");")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            HttpResponse<String> failed = server.get("/app/fails?secret=1");
            assertThat(failed.statusCode()).isEqualTo(500);
            Matcher reference = REFERENCE.matcher(failed.body());
            assertThat(reference.find()).as(failed.body()).isTrue();
            assertThat(failed.body()).doesNotContain("the reason");

            JsonNode failure = json(server, "/failures/" + reference.group());
            assertThat(failure.path("request").asString()).isEqualTo("GET /app/fails");
            assertThat(failure.path("stackTrace").asString())
                    .startsWith("java.lang.IllegalStateException: the reason")
                    .contains("app.Fails");
            assertThat(failure.toString()).doesNotContain("secret");
            JsonNode brief = json(server, "/failures").path("failures").get(0);
            assertThat(brief.path("reference").asString()).isEqualTo(reference.group());
            assertThat(brief.has("stackTrace")).isFalse();
            assertThat(json(server, "/logs").path("lines").findValuesAsString("message"))
                    .anySatisfy(message -> assertThat(message).contains(reference.group()));

            assertThat(server.get("/app/refuses").body()).doesNotContainPattern(REFERENCE);
            assertThat(withToken(server, "/failures/0000000000000000").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void logLinesContinueAfterANumber() throws Exception {
        try (TestServer server = TestServer.started(home, TOKEN)) {
            LoggerFactory.getLogger("test.page").warn("A line for the page");
            JsonNode all = json(server, "/logs");
            assertThat(all.path("lines").findValuesAsString("message")).contains("A line for the page");
            String last = all.path("last").asString();
            assertThat(json(server, "/logs/" + last).path("lines").findValuesAsString("number"))
                    .doesNotContain(last);
            assertThat(withToken(server, "/logs/first").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void settingsAreThoseOfCheckWithoutSecrets() throws Exception {
        Files.createDirectories(home.resolve("conf"));
        try (TestServer server = TestServer.started(home, TOKEN, new TestPlugin(_ -> {}))) {
            JsonNode settings = json(server, "/settings").path("settings");
            List<String> keys = settings.findValuesAsString("key");
            assertThat(keys).contains("http.port", "admin.token-file", "test.greeting");
            JsonNode port = settings.get(keys.indexOf("http.idle-timeout"));
            assertThat(port.path("origin").asString()).isEqualTo("default");
            assertThat(settings.toString())
                    .doesNotContain(
                            Files.readString(home.resolve("conf/admin.token")).strip());
        }
    }

    @Test
    void theStatusCountsRequestsAndSessionsOfEachApplication() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("hi")
                    .servlet("app.Fails", "/fails", "throw new IllegalStateException();")
                    .servlet("app.Remembers", "/remembers", "request.getSession().setAttribute(\"a\", \"b\");")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            server.get("/app/hello");
            server.get("/app/remembers");
            server.get("/app/fails");
            server.get("/nowhere");

            TestServer.await(
                    "four requests",
                    () -> status(server).path("requests").path("ended").asInt() == 4);
            JsonNode requests = status(server).path("requests");
            assertThat(requests.path("clientErrors").asInt()).isEqualTo(1);
            assertThat(requests.path("errors").asInt()).isEqualTo(1);
            assertThat(requests.path("active").asInt()).isZero();
            JsonNode app = status(server).path("applications").get(0);
            assertThat(app.path("requests").asInt()).isEqualTo(3);
            assertThat(app.path("errors").asInt()).isEqualTo(1);
            assertThat(app.path("sessions").asInt()).isEqualTo(1);
            assertThat(app.path("requestSeconds").asDouble()).isPositive();
            assertThat(status(server).path("process").path("heapUsed").asLong()).isPositive();
        }
    }

    private static JsonNode status(TestServer server) throws Exception {
        return JsonMapper.shared().readTree(server.admin("/status").body());
    }
}
