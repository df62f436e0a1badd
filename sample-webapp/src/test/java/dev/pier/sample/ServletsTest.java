package dev.pier.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.servlet.ErlangErrorsInitializer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import dev.pier.sample.console.AllowedFunctions;
import dev.pier.sample.console.CallServlet;
import dev.pier.sample.hello.HelloServlet;
import dev.pier.sample.node.NodeServlet;
import dev.pier.sample.rows.StreamServlet;
import dev.pier.sample.web.Audience;
import dev.pier.sample.web.CsrfGuard;
import dev.pier.sample.web.EventsServlet;
import dev.pier.sample.web.HostGuard;
import dev.pier.sample.web.PageServlet;
import dev.pier.sample.web.SecurityHeaders;
import dev.pier.testkit.Asked;
import dev.pier.testkit.FakeErlang;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The servlets over real HTTP, with a fake Erlang node.
class ServletsTest {
    private final Server server = new Server(0);
    private final ServletContextHandler app = new ServletContextHandler("/");
    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeErlang backend = FakeErlang.start();
    private final NodeRuntime node = startNode(backend);

    /// A node with one peer, the fake. There is no peer `chat`.
    private static NodeRuntime startNode(FakeErlang backend) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        InetSocketAddress epmd = new InetSocketAddress(loopback, FakeErlang.epmdPort());
        try {
            return ErlangNodes.builder("web-" + UUID.randomUUID() + "@localhost")
                    .cookie(backend.cookie())
                    .listen(new InetSocketAddress(loopback, 0))
                    .epmd(new EpmdSettings(true, epmd, Duration.ofSeconds(5)))
                    .peer("backend", peer -> peer.nodes(backend.nodeName()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.stop();
        node.close();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hello", "/hello?style=fast"})
    void bothStylesOfHelloReturnTheSame(String path) throws Exception {
        backend.when("uwsgitest", "hello").returns(Binary.of("hello world !"));
        start();

        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("hello world !");
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).isEqualToIgnoringCase("text/plain;charset=utf-8"));
        assertThat(backend.asked()).containsExactly(new Asked("uwsgitest", "hello", List.of()));
    }

    @Test
    void aCallWithoutConnectionGives503() throws Exception {
        backend.close();
        start();

        HttpResponse<String> response = get("/hello");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(response.body()).contains("\"status\":503,").doesNotContain("backend");
    }

    @Test
    void systemReturnsTheFiguresFromErlang() throws Exception {
        backend.whenAny("this_node", "figures").returns(MapTerm.of(Map.of(Atom.of("run_queue"), IntegerTerm.of(3))));
        start();

        HttpResponse<String> response = get("/system");

        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.body()).isEqualTo("{\"run_queue\":3}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "10000001", "99999999999999999999", "many", ""})
    void anInvalidNumberOfRowsGives400(String n) throws Exception {
        start();

        HttpResponse<String> response = get("/stream?n=" + n);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .isEqualTo("{\"title\":\"Bad request\",\"status\":400,"
                        + "\"detail\":\"n must be a number of rows from 1 to 10000000\"}\n");
        assertThat(backend.asked()).isEmpty();
    }

    @Test
    void headOfTheStreamProducesNoRows() throws Exception {
        start();

        HttpResponse<String> response = send(request("/stream?n=1000").HEAD().build());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(backend.asked()).isEmpty();
    }

    @Test
    void headOfTheEventsOpensNoPage() throws Exception {
        start();

        HttpResponse<String> response = send(request("/events").HEAD().build());

        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(Audience.of(app.getServletContext()).isEmpty()).isTrue();
    }

    @Test
    void callPassesTheArgumentsAndReturnsTheResult() throws Exception {
        backend.whenAny("lists", "sort").returns(ListTerm.of(Binary.of("ok"), IntegerTerm.of(2)));
        start();

        HttpResponse<String> response = post("/call/lists/sort", "[[3, 1.5, null], {\"a\": \"ä\"}]");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("[\"ok\",2]");
        assertThat(backend.asked())
                .containsExactly(new Asked(
                        "lists",
                        "sort",
                        List.of(Term.parse("[3,1.5,undefined]"), MapTerm.of(Map.of(Binary.of("a"), Binary.of("ä"))))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/call/os/cmd             | []      | 403 | os:cmd is not on the list",
                "/call/lists/nope         | []      | 403 | lists:nope is not on the list",
                "/call/lists/sort         | {}      | 400 | JSON array",
                "/call/lists/sort         | [1,     | 400 | line 1",
                "/call/lists/sort         | 'hello' | 400 | line 1",
                "/call/lists/sort         | [1] [2] | 400 | line 1",
                "/call/lists              | []      | 404 | /call/{module}/{function}",
                "/call/lists/sort/1       | []      | 404 | /call/{module}/{function}",
                "/call                    | []      | 404 | /call/{module}/{function}",
            })
    void aRefusedCallGetsAProblemWithItsReason(String path, String body, int status, String reason) throws Exception {
        start();

        HttpResponse<String> response = post(path, body);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.body()).contains("\"detail\":\"").contains(reason);
        assertThat(backend.asked()).isEmpty();
    }

    @Test
    void aBodyThatIsTooLargeGives413() throws Exception {
        start();
        byte[] large = new byte[10_000_000];

        HttpResponse<String> declared = send(request("/call/lists/sort")
                .POST(BodyPublishers.ofByteArray(large))
                .build());
        HttpResponse<String> chunked = send(request("/call/lists/sort")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                .build());
        HttpResponse<String> expecting = send(request("/call/lists/sort")
                .expectContinue(true)
                .POST(BodyPublishers.ofByteArray(large))
                .build());

        assertThat(List.of(declared, chunked, expecting)).allSatisfy(response -> {
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(response.body()).contains("1048576 bytes");
        });
        assertThat(backend.asked()).isEmpty();
    }

    @Test
    void aBodyThatIsNotUtf8Gives400() throws Exception {
        start();

        HttpResponse<String> response = send(request("/call/lists/sort")
                .POST(BodyPublishers.ofByteArray(new byte[] {'[', '"', (byte) 0xff, '"', ']'}))
                .build());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("not UTF-8");
    }

    @Test
    void anInvalidListOfFunctionsStopsTheApplication() {
        assertThatThrownBy(() -> start("lists:sort lists:*"))
                .hasStackTraceContaining("pier.sample.allowed: lists:* does not have the form module:function");
    }

    @Test
    void requestsThatChangeStateNeedThePagesToken() throws Exception {
        start();
        HttpResponse<String> page = get("/page");
        String token = page.body().replaceFirst(".*\"token\":\"([0-9a-f]{32})\".*\\s*", "$1");
        String cookie = page.headers().firstValue("Set-Cookie").orElseThrow();

        assertThat(cookie)
                .startsWith("pier_token=" + token)
                .contains("HttpOnly")
                .contains("SameSite=Strict");
        assertThat(postStatus(null, null)).isEqualTo(403);
        assertThat(postStatus(cookie, null)).isEqualTo(403);
        assertThat(postStatus(null, token)).isEqualTo(403);
        assertThat(postStatus(cookie, "0".repeat(32))).isEqualTo(403);
        assertThat(postStatus("pier_token=", "")).isEqualTo(403);
        assertThat(postStatus(cookie, token))
                .as("the guard passes the request on to a servlet without POST")
                .isEqualTo(405);
    }

    private int postStatus(@Nullable String cookie, @Nullable String token) throws Exception {
        HttpRequest.Builder request = request("/hello").POST(BodyPublishers.ofString("{}"));
        if (cookie != null) {
            request.header("Cookie", cookie.split(";", 2)[0]);
        }
        if (token != null) {
            request.header(CsrfGuard.HEADER, token);
        }
        return send(request.build()).statusCode();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "sample.localhost:8080, 200",
        "127.0.0.1, 200",
        "[::1]:8080, 200",
        "rebound.example, 421",
        "localhost.example, 421",
        "127.0.0.1.example, 421"
    })
    void onlyNamesOfThisMachineLeadHere(String host, int status) throws Exception {
        start();
        URI page = request("/page").build().uri();
        try (Socket socket = new Socket(page.getHost(), page.getPort())) {
            socket.getOutputStream()
                    .write(("GET /page HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(response).startsWith("HTTP/1.1 " + status);
            assertThat(response.contains("\"token\"")).isEqualTo(status == 200);
        }
    }

    @Test
    void everyResponseHasAContentSecurityPolicy() throws Exception {
        backend.when("uwsgitest", "hello").returns(Binary.of("hello"));
        start();

        assertThat(get("/hello").headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none'"));
    }

    private void start() throws Exception {
        start("lists:sort");
    }

    private void start(String allowed) throws Exception {
        app.setInitParameter(AllowedFunctions.PARAMETER, allowed);
        app.addServletContainerInitializer(new ErlangErrorsInitializer());
        app.addFilter(HostGuard.class, "/*", EnumSet.of(DispatcherType.REQUEST));
        app.addFilter(SecurityHeaders.class, "/*", EnumSet.of(DispatcherType.REQUEST));
        app.addFilter(CsrfGuard.class, "/*", EnumSet.of(DispatcherType.REQUEST));
        for (HttpServlet servlet : List.of(
                new HelloServlet(),
                new NodeServlet(),
                new StreamServlet(),
                new CallServlet(),
                new PageServlet(),
                new EventsServlet())) {
            Resources.inject(servlet, node.peer("backend"), node);
            ServletHolder holder = new ServletHolder(servlet);
            holder.setInitOrder(1);
            WebServlet paths = servlet.getClass().getAnnotation(WebServlet.class);
            Stream.of(paths.value(), paths.urlPatterns())
                    .flatMap(Stream::of)
                    .forEach(path -> app.addServlet(holder, path));
        }
        server.setHandler(app);
        server.start();
    }

    private int port() {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path).build());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path).POST(BodyPublishers.ofString(body)).build());
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, BodyHandlers.ofString());
    }
}
