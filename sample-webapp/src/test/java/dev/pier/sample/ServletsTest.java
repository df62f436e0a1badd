package dev.pier.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.servlet.ErlangErrorsInitializer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The servlets over real HTTP, with a peer that answers what each test says.
class ServletsTest {
    private final Server server = new Server(0);
    private final HttpClient client = HttpClient.newHttpClient();
    private final CountDownLatch streamEnded = new CountDownLatch(1);

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hello", "/hello?style=fast"})
    void helloIsTheSameBothWays(String path) throws Exception {
        FakePeer peer = start(_ -> Binary.of("hello world !"));

        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("hello world !");
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).isEqualToIgnoringCase("text/plain;charset=utf-8"));
        assertThat(peer.asked).containsExactly(new FakePeer.Asked("uwsgitest", "hello", List.of()));
    }

    @Test
    void aNodeThatIsNotThereGives503() throws Exception {
        start(_ -> {
            throw new NotConnected("backend@localhost");
        });

        HttpResponse<String> response = get("/hello");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(response.body()).startsWith("{\"error\":").doesNotContain("backend");
    }

    @Test
    void systemIsWhatErlangSays() throws Exception {
        start(_ -> MapTerm.of(Map.of(Atom.of("run_queue"), IntegerTerm.of(3))));

        HttpResponse<String> response = get("/system");

        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.body()).isEqualTo("{\"run_queue\":3}");
    }

    @Test
    void rowsAreFetchedInChunksAndWrittenALineEach() throws Exception {
        FakePeer peer = start(ServletsTest::rows);

        HttpResponse<String> response = get("/stream?n=1234");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(response.body().lines())
                .hasSize(1234)
                .startsWith("{\"id\":1}", "{\"id\":2}")
                .endsWith("{\"id\":1234}");
        assertThat(peer.asked)
                .extracting(FakePeer.Asked::arguments)
                .containsExactly(List.of(1, 500), List.of(501, 500), List.of(1001, 234));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "10000001", "99999999999999999999", "many", ""})
    void aNumberOfRowsThatIsNoneGives400(String n) throws Exception {
        FakePeer peer = start(ServletsTest::rows);

        HttpResponse<String> response = get("/stream?n=" + n);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"n is a number of rows, from 1 to 10000000\"}\n");
        assertThat(peer.asked).isEmpty();
    }

    @Test
    void askingForTheHeadersAloneMakesNoRows() throws Exception {
        FakePeer peer = start(ServletsTest::rows);

        HttpResponse<String> response = send(request("/stream?n=1000").HEAD().build());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(peer.asked).isEmpty();
    }

    @Test
    void aStreamThatFailsInTheMiddleDoesNotLookWhole() throws Exception {
        start(asked -> {
            if (asked.arguments().contains(501)) {
                throw new ConnectionLost("gone");
            }
            return rows(asked);
        });

        assertThatThrownBy(() -> get("/stream?n=1000")).isInstanceOf(IOException.class);
    }

    @Test
    void aClientThatGoesEndsTheAsking() throws Exception {
        CountDownLatch firstChunkAsked = new CountDownLatch(1);
        CountDownLatch clientGone = new CountDownLatch(1);
        FakePeer peer = start(asked -> {
            firstChunkAsked.countDown();
            await(clientGone);
            return rows(asked);
        });

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.getOutputStream()
                    .write("GET /stream?n=10000000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            await(firstChunkAsked);
            socket.setSoLinger(true, 0);
        }
        clientGone.countDown();
        await(streamEnded);

        // 20 000 calls would make all the rows; what the socket still takes before it fails is a few.
        assertThat(peer.asked).hasSizeLessThan(1000);
    }

    @Test
    void argumentsReachTheFunctionAndItsAnswerComesBack() throws Exception {
        FakePeer peer = start(asked ->
                ListTerm.of(Binary.of("ok"), IntegerTerm.of(asked.arguments().size())));

        HttpResponse<String> response = post("/call/lists/sort", "[[3, 1.5, null], {\"a\": \"ä\"}]");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("[\"ok\",2]");
        List<Object> list = new ArrayList<>(List.of(3L, 1.5));
        list.add(null);
        assertThat(peer.asked).singleElement().satisfies(asked -> {
            assertThat(asked.module()).isEqualTo("lists");
            assertThat(asked.function()).isEqualTo("sort");
            assertThat(asked.arguments()).containsExactly(list, Map.of("a", "ä"));
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/call/os/cmd             | []      | 403 | os:cmd is not on the list",
                "/call/lists/nope         | []      | 403 | lists:nope is not on the list",
                "/call/lists/sort         | {}      | 400 | JSON array",
                "/call/lists/sort         | [1,     | 400 | character 4",
                "/call/lists/sort         | 'hello' | 400 | JSON array",
                "/call/lists/sort         | [1] [2] | 400 | nothing more",
                "/call/lists              | []      | 404 | /call/{module}/{function}",
                "/call/lists/sort/1       | []      | 404 | /call/{module}/{function}",
                "/call                    | []      | 404 | /call/{module}/{function}",
            })
    void whatCannotBeCalledSaysWhy(String path, String body, int status, String why) throws Exception {
        FakePeer peer = start(_ -> Atom.OK);

        HttpResponse<String> response = post(path, body);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.body()).startsWith("{\"error\":\"").contains(why);
        assertThat(peer.asked).isEmpty();
    }

    @Test
    void aBodyWithoutEndGives413() throws Exception {
        FakePeer peer = start(_ -> Atom.OK);
        byte[] large = new byte[10_000_000];

        HttpResponse<String> declared = send(request("/call/lists/sort")
                .POST(BodyPublishers.ofByteArray(large))
                .build());
        HttpResponse<String> chunked = send(request("/call/lists/sort")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                .build());
        HttpResponse<String> polite = send(request("/call/lists/sort")
                .expectContinue(true)
                .POST(BodyPublishers.ofByteArray(large))
                .build());

        assertThat(List.of(declared, chunked, polite)).allSatisfy(response -> {
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(response.body()).contains("1048576 bytes");
        });
        assertThat(peer.asked).isEmpty();
    }

    @Test
    void aBodyThatIsNotUtf8Gives400() throws Exception {
        start(_ -> Atom.OK);

        HttpResponse<String> response = send(request("/call/lists/sort")
                .POST(BodyPublishers.ofByteArray(new byte[] {'[', '"', (byte) 0xff, '"', ']'}))
                .build());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("not UTF-8");
    }

    @Test
    void anArgumentWithoutErlangFormIsTheClientsFaultHere() throws Exception {
        start(_ -> {
            throw new BadArgument("[0]: no Erlang form");
        });

        HttpResponse<String> response = post("/call/lists/sort", "[1]");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("[0]: no Erlang form");
    }

    @Test
    void aListOfFunctionsThatIsNoneStopsTheApplication() {
        assertThatThrownBy(() -> start(_ -> Atom.OK, "lists:sort lists:*"))
                .hasStackTraceContaining("pier.sample.allowed: lists:* is not of the form module:function");
    }

    @Test
    void everyAnswerSaysWhatBrowsersMayLoad() throws Exception {
        start(_ -> Binary.of("hello"));

        assertThat(get("/hello").headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'self'"));
    }

    private static Term rows(FakePeer.Asked asked) {
        int from = (int) asked.arguments().get(0);
        int count = (int) asked.arguments().get(1);
        Term[] rows = new Term[count];
        for (int i = 0; i < count; i++) {
            rows[i] = MapTerm.of(Map.of(Atom.of("id"), IntegerTerm.of(from + i)));
        }
        return ListTerm.of(rows);
    }

    private FakePeer start(Function<FakePeer.Asked, Term> answers) throws Exception {
        return start(answers, "lists:sort");
    }

    private FakePeer start(Function<FakePeer.Asked, Term> answers, String allowed) throws Exception {
        FakePeer peer = new FakePeer(answers);
        HelloServlet hello = new HelloServlet();
        hello.backend = peer;
        hello.node = OneNode.with(peer);
        SystemServlet system = new SystemServlet();
        system.backend = peer;
        StreamServlet stream = new StreamServlet();
        stream.backend = peer;
        CallServlet call = new CallServlet();
        call.backend = peer;

        ServletContextHandler app = new ServletContextHandler("/");
        app.setInitParameter(CallServlet.ALLOWED, allowed);
        app.addServletContainerInitializer(new ErlangErrorsInitializer());
        app.addFilter(SecurityHeaders.class, "/*", EnumSet.of(DispatcherType.REQUEST));
        app.addFilter(
                (request, response, chain) -> {
                    try {
                        chain.doFilter(request, response);
                    } finally {
                        streamEnded.countDown();
                    }
                },
                "/stream",
                EnumSet.of(DispatcherType.REQUEST));
        for (HttpServlet servlet : List.of(hello, system, stream, call)) {
            ServletHolder holder = new ServletHolder(servlet);
            holder.setInitOrder(1);
            WebServlet paths = servlet.getClass().getAnnotation(WebServlet.class);
            Stream.of(paths.value(), paths.urlPatterns())
                    .flatMap(Stream::of)
                    .forEach(path -> app.addServlet(holder, path));
        }
        server.setHandler(app);
        server.start();
        return peer;
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

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
