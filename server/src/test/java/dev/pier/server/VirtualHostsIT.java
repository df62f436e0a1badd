package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.DEPLOYED;
import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pier.server.plugin.Mount;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Applications at paths and hosts of their own: `webapps.apps.<name>.path` and `hosts`.
class VirtualHostsIT {
    private static final String SETTINGS = """
            webapps.apps {
              shop { path = "/", hosts = [ "Shop.example", localhost ], max-request-body = 2 KiB }
              branches { path = "/", hosts = [ "*.shop.example", "*.branch.example" ] }
              other { path = "/" }
              mounted { path = "/", hosts = [ "m.example" ] }
              moved { path = "/eu/shop" }
              one { path = "/x", hosts = [ "a.example", "b.example" ] }
              two { path = "/x", hosts = [ "b.example", "c.example" ] }
              uploaded { path = "/up", hosts = [ "up.example" ] }
            }
            admin.token-file = admin.token
            """;

    @TempDir
    static Path home = Path.of("");

    private static @Nullable TestServer started;

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(home.resolve("webapps"));
        for (String app : new String[] {"shop", "branches", "other", "mounted", "plain", "moved", "one", "two"}) {
            app(app);
        }
        HttpServlet servlet = new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getOutputStream().print("mount");
            }
        };
        Mount mount = new Mount("/", servlet, Set.of("m.example"), null, "", false);
        started = TestServer.started(home, SETTINGS, new TestPlugin(context -> context.mount(mount)));
    }

    @AfterAll
    static void stop() {
        server().close();
    }

    private static TestServer server() {
        return Objects.requireNonNull(started);
    }

    /// An application that says its name, its context path, and how often a session was used.
    private static void app(String name) {
        new Archive()
                .servlet("app.Name", "/name", """
                        Object seen = request.getSession().getAttribute("seen");
                        int count = seen == null ? 1 : (Integer) seen + 1;
                        request.getSession().setAttribute("seen", count);
                        response.getWriter().print("%s " + request.getContextPath() + " " + count);
                        """.formatted(name))
                .servlet("app.Send", "/send", "response.sendRedirect(request.getContextPath() + \"/name\");")
                .servlet(
                        "app.Size",
                        "/size",
                        "response.getWriter().print(request.getInputStream().readAllBytes().length);")
                .jar(home.resolve("webapps").resolve(name + ".jar"));
    }

    private static RawSocket.Response get(String host, String path, String... cookie) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", host);
        if (cookie.length > 0) {
            headers.put("Cookie", cookie[0]);
        }
        return RawSocket.request(server(), "GET " + path + " HTTP/1.1", headers);
    }

    private static String body(String host, String path) throws IOException {
        return get(host, path).body();
    }

    @Test
    void theHostSelectsByNameThenByStarThenTheRest() throws Exception {
        assertThat(body("shop.example", "/name")).isEqualTo("shop  1");
        assertThat(body("SHOP.example:8080", "/name")).isEqualTo("shop  1");
        assertThat(body("a.shop.example", "/name")).isEqualTo("branches  1");
        assertThat(body("b.branch.example", "/name")).isEqualTo("branches  1");
        assertThat(body("x.a.shop.example", "/name")).isEqualTo("other  1");
        assertThat(body("127.0.0.1", "/name")).isEqualTo("other  1");
        // A longer path comes first, whatever the hosts.
        assertThat(body("shop.example", "/plain/name")).isEqualTo("plain /plain 1");
        assertThat(server().admin("/metrics").body())
                .contains(
                        "http_server_requests_seconds_count{application=\"/branches\",method=\"GET\",route=\"/name\",status=\"2xx\"} 2")
                .contains("pier_sessions{path=\"/branches\"} 2");
    }

    @Test
    void aRedirectStaysAtTheHost() throws Exception {
        RawSocket.Response redirect = get("shop.example:8080", "/send");
        assertThat(redirect.status()).isEqualTo(302);
        assertThat(redirect.headers().get("location")).isIn("/name", "http://shop.example:8080/name");
    }

    @Test
    void statusShowsPathsAndHosts() throws Exception {
        assertThat(server().admin("/status").body())
                .contains("\"file\":\"branches.jar\",\"path\":\"/\","
                        + "\"hosts\":[\"*.branch.example\",\"*.shop.example\"],\"state\":\"deployed\"")
                .contains("\"file\":\"other.jar\",\"path\":\"/\",\"state\":\"deployed\"");
    }

    @Test
    void rulesAreThoseOfTheApplicationThatTheHostSelects() throws Exception {
        HttpResponse<String> refused = post("localhost");
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.body()).contains("(webapps.apps.shop.max-request-body)");
        assertThat(post("127.0.0.1").body()).isEqualTo("5000");
    }

    private static HttpResponse<String> post(String host) throws Exception {
        URI uri = URI.create("http://" + host + ":" + server().at("/").getPort() + "/size");
        return server().send(HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(new byte[5000])));
    }

    @Test
    void applicationsAtTheSamePathShareNoSession() throws Exception {
        String set =
                Objects.requireNonNull(get("shop.example", "/name").headers().get("set-cookie"));
        assertThat(set).contains("; Path=/;");
        String cookie = set.replaceFirst(";.*", "");
        assertThat(get("shop.example", "/name", cookie).body()).isEqualTo("shop  2");
        assertThat(get("other.example", "/name", cookie).body()).isEqualTo("other  1");
    }

    @Test
    void aPathReplacesThatOfTheName() throws Exception {
        RawSocket.Response first = get("localhost", "/eu/shop/name");
        assertThat(first.body()).isEqualTo("moved /eu/shop 1");
        assertThat(first.headers().get("set-cookie")).contains("; Path=/eu/shop;");
        assertThat(get("127.0.0.1", "/moved/name").status()).isEqualTo(404);
    }

    @Test
    void theSameHostAndPathAreRefusedUntilTheyAreFree() throws Exception {
        assertThat(server().await("two.jar", FAILED).reason())
                .isEqualTo("the path /x of the host b.example is already served by one.jar");
        assertThat(get("c.example", "/x/name").status()).isEqualTo(404);
        Files.delete(server().webapps().resolve("one.jar"));
        server().await("two.jar", DEPLOYED);
        assertThat(body("b.example", "/x/name")).isEqualTo("two /x 1");
        assertThat(get("a.example", "/x/name").status()).isEqualTo(404);
    }

    @Test
    void aMountKeepsItsHosts() throws Exception {
        assertThat(server().await("mounted.jar", FAILED).reason())
                .isEqualTo("the path / of the host m.example is already served by a mount of server.conf");
        assertThat(body("m.example", "/name")).isEqualTo("mount");
    }

    @Test
    void anUploadIsRefusedForAHostAndPathInUse() throws Exception {
        HttpResponse<String> refused = upload("ROOT.jar");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("The path / is that of other.jar: undeploy it before");
        HttpResponse<String> deployed = upload("uploaded.jar");
        assertThat(deployed.statusCode()).as(deployed.body()).isEqualTo(200);
        assertThat(deployed.body()).contains("\"path\":\"/up\",\"hosts\":[\"up.example\"]");
        assertThat(body("up.example", "/up/hello")).isEqualTo("root");
    }

    private static HttpResponse<String> upload(String name) throws Exception {
        Path jar = home.resolve("root.jar");
        Archive.greeting("root").jar(jar);
        String token = Files.readString(home.resolve("conf/admin.token")).strip();
        return server().send(HttpRequest.newBuilder(server().server().adminUrl().resolve("/applications/" + name))
                .header("Authorization", "Bearer " + token)
                .PUT(BodyPublishers.ofFile(jar)));
    }

    @Test
    void mistakesAreNamed() {
        String problems = Arrays.stream(new String[] {
                    "webapps.apps.shop.path = shop",
                    "webapps.apps.shop.path = \"/shop/\"",
                    "webapps.apps.shop.hosts = [ \"shop.example:80\" ]"
                })
                .map(settings ->
                        catchThrowable(() -> TestServer.in(home, settings)).getMessage())
                .collect(Collectors.joining("\n"));
        assertThat(problems)
                .contains("webapps.apps.shop.path: 'shop' is not the path of an application: expected \"/\"")
                .contains("'/shop/' is not the path of an application")
                .contains("webapps.apps.shop.hosts: 'shop.example:80' is not a host name");
    }
}
