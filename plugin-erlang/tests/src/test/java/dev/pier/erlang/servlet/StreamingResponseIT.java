package dev.pier.erlang.servlet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Peer;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestNode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// From a real Erlang node to a real HTTP client, the one that vanishes and the one that does not read included.
class StreamingResponseIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;
    private static Peer peer;

    private final Server server = new Server(0);
    private final HttpClient client = HttpClient.newHttpClient();

    private interface Action {
        void run(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    @BeforeAll
    static void startNode() throws IOException {
        node = TestNode.start(erlang.cookie(), BulkSettings.DEFAULT.withLanes(2).withLoadProducer(true));
        peer = node.peer(erlang).with(new CallOptions(Duration.ofSeconds(20)));
        erlang.compile("""
                -module(rows).
                -export([some/1, broken/1, stuck/1, endless/1, silent/1, after_event/1, list/1, binaries/1, broken_binaries/1]).
                some(N) -> pier_stream:run(fun(Emit) -> [Emit(#{id => I}) || I <- lists:seq(1, N)] end).
                after_event(Id) -> pier_stream:run(fun(Emit) -> Emit(#{id => binary_to_integer(Id) + 1}) end).
                broken(N) -> pier_stream:run(fun(Emit) -> [Emit(I) || I <- lists:seq(1, N)], error(secret_reason) end).
                stuck(Name) ->
                    register(Name, self()),
                    pier_stream:run(fun(Emit) -> Emit(1), receive go_on -> error(secret_reason) end end).
                silent(Name) ->
                    register(Name, self()),
                    pier_stream:run(fun(_) -> receive after infinity -> ok end end).
                endless(Name) ->
                    register(Name, self()),
                    pier_stream:run(fun(Emit) -> endless(Emit, binary:copy(<<"x">>, 1000)) end).
                endless(Emit, Row) -> Emit(Row), endless(Emit, Row).
                list(N) -> [#{id => I} || I <- lists:seq(1, N)].
                binaries(N) -> pier_stream:run(fun(Emit) -> [Emit([<<"ab">>, $c]) || _ <- lists:seq(1, N)] end).
                broken_binaries(N) ->
                    pier_stream:run(fun(Emit) -> [Emit(binary:copy(<<"x">>, 1000)) || _ <- lists:seq(1, N)], error(secret_reason) end).
                """);
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @BeforeEach
    void startServer() throws Exception {
        ServletContextHandler app = new ServletContextHandler("/");
        app.addServletContainerInitializer(new ErlangErrorsInitializer());
        serve(app, "/ndjson", (q, r) -> StreamingResponse.to(r).ndjson(peer.stream("rows", function(q), argument(q))));
        serve(
                app,
                "/array",
                (q, r) -> StreamingResponse.to(r).jsonArray(peer.stream("rows", function(q), argument(q))));
        serve(app, "/bytes", (q, r) -> StreamingResponse.to(r).bytes(peer.stream("rows", function(q), argument(q))));
        serve(
                app,
                "/events",
                (q, r) -> StreamingResponse.to(r)
                        .heartbeatEvery(Duration.ofMillis(50))
                        .events(
                                peer.stream("rows", function(q), argument(q)),
                                row -> ServerEvent.of(row)
                                        .withId(String.valueOf(row.term()))
                                        .withName("row")));
        serve(
                app,
                "/resume",
                (q, r) -> StreamingResponse.to(r)
                        .events(peer.stream(
                                "rows",
                                "after_event",
                                StreamingResponse.lastEventId(q).orElse("0"))));
        serve(
                app,
                "/beating",
                (q, r) -> StreamingResponse.to(r)
                        .heartbeatEvery(Duration.ofMillis(50))
                        .ndjson(peer.stream("rows", function(q), argument(q))));
        server.setHandler(app);
        server.start();
    }

    @AfterEach
    void stopServer() throws Exception {
        client.close();
        server.stop();
        Await.until("all streams to be over", () -> node.link(erlang).lanes().streams() == 0);
    }

    private static String function(HttpServletRequest request) {
        return request.getParameter("f");
    }

    private static Object argument(HttpServletRequest request) {
        String name = request.getParameter("name");
        return name == null ? (Object) Integer.valueOf(request.getParameter("n")) : Atom.of(name);
    }

    private static void serve(ServletContextHandler app, String path, Action action) {
        app.addServlet(
                new ServletHolder(new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        action.run(request, response);
                    }
                }),
                path);
    }

    private int port() {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /// A client that can misbehave after its request.
    private Socket ask(String path) throws IOException {
        Socket socket = new Socket("localhost", port());
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(US_ASCII));
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    private static String until(BufferedReader reader, String wanted) throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.contains(wanted)) {
                return line;
            }
        }
        throw new AssertionError("no '" + wanted + "' in the body");
    }

    private static boolean isRunning(String name) {
        return !erlang.eval("whereis(" + name + ")").equals("undefined");
    }

    @Test
    void eachFormHasAllRows() throws Exception {
        HttpResponse<String> lines = get("/ndjson?f=some&n=3");
        assertThat(lines.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(lines.body()).isEqualTo("{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n");
        assertThat(get("/ndjson?f=list&n=2").body()).isEqualTo("{\"id\":1}\n{\"id\":2}\n");
        assertThat(get("/ndjson?f=some&n=0").body()).isEmpty();
        assertThat(get("/array?f=some&n=2").body()).isEqualTo("[{\"id\":1},{\"id\":2}]");
        assertThat(get("/array?f=some&n=0").body()).isEqualTo("[]");
        assertThat(get("/bytes?f=binaries&n=3").body()).isEqualTo("abcabcabc");
        assertThat(get("/ndjson?f=some&n=50000").body().lines()).hasSize(50_000);
    }

    @Test
    void eventsHaveIdNameAndData() throws Exception {
        HttpResponse<String> events = get("/events?f=some&n=2");
        assertThat(events.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(events.body()).isEqualTo("""
                id: #{id => 1}
                event: row
                data: {"id":1}

                id: #{id => 2}
                event: row
                data: {"id":2}

                """);
    }

    @Test
    void aClientThatComesBackGoesOnBehindItsLastEvent() throws Exception {
        assertThat(get("/resume", "Last-Event-ID", "41").body()).isEqualTo("data: {\"id\":42}\n\n");
        assertThat(get("/resume").body()).isEqualTo("data: {\"id\":1}\n\n");
    }

    @Test
    void aFailureBeforeTheFirstRowIsAStatus() throws Exception {
        assertThat(get("/ndjson?f=broken&n=0").statusCode()).isEqualTo(502);
        assertThat(get("/events?f=missing&n=0").statusCode()).isEqualTo(502);
        assertThat(get("/bytes?f=list&n=1").statusCode()).isEqualTo(502);
    }

    @Test
    void aFailureInTheMidstCutsTheBodyOff() {
        for (String path : new String[] {"/ndjson", "/array", "/bytes"}) {
            String producer = path.equals("/bytes") ? "broken_binaries" : "broken";
            try (LogCapture log = LogCapture.begin()) {
                assertThatThrownBy(() -> get(path + "?f=" + producer + "&n=100000"))
                        .as(path)
                        .isInstanceOf(IOException.class);
                Await.until(
                        "the reason in the log",
                        () -> !log.warnings("secret_reason").isEmpty());
                assertThat(log.warnings("secret_reason"))
                        .singleElement()
                        .asString()
                        .startsWith("Erlang work failed (reference ");
            }
        }
    }

    @Test
    void aFailureAmongEventsIsTheLastEvent() throws Exception {
        try (LogCapture log = LogCapture.begin();
                Socket socket = ask("/events?f=stuck&name=stuck")) {
            BufferedReader body = reader(socket);
            until(body, "data: 1");
            until(body, ":"); // a heartbeat
            erlang.eval("stuck ! go_on");
            until(body, "event: error");
            assertThat(until(body, "data: "))
                    .contains("The Erlang function failed.")
                    .contains("reference")
                    .doesNotContain("secret");
            until(body, "0"); // the last chunk: the body is whole
            assertThat(log.warnings("secret_reason"))
                    .singleElement()
                    .asString()
                    .startsWith("Erlang work failed (reference ");
        }
    }

    @Test
    void rowsAreSentWhileTheProducerGoesOn() throws Exception {
        try (Socket socket = ask("/ndjson?f=stuck&name=half")) {
            until(reader(socket), "1");
            assertThat(isRunning("half")).isTrue();
            erlang.eval("half ! go_on");
        }
    }

    @Test
    void aClientThatVanishesStopsTheProducer() throws Exception {
        String before = erlang.eval("length(processes())");
        for (String path : new String[] {"/ndjson", "/array", "/bytes", "/events"}) {
            Socket socket = ask(path + "?f=endless&name=endless");
            InputStream in = socket.getInputStream();
            assertThat(in.readNBytes(100_000)).hasSize(100_000);
            socket.close();
            Await.until(path + ": the end of the producer", () -> !isRunning("endless"));
        }
        Await.value("as many processes as before", () -> erlang.eval("length(processes())"), before::equals);
    }

    @Test
    void aClientThatVanishesWhileNothingComesStopsTheProducerToo() throws Exception {
        for (String path : new String[] {"/events", "/array", "/beating"}) {
            Socket socket = ask(path + "?f=silent&name=silent");
            until(reader(socket), "200");
            assertThat(isRunning("silent")).isTrue();
            socket.close();
            Await.until(path + ": the end of the producer", () -> !isRunning("silent"));
        }
    }

    @Test
    void aPeerThatIsGoneIsA503() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start()) {
            Peer gone = node.peer(mortal);
            assertThat(gone.ping()).isTrue();
            mortal.kill();
            ServletContextHandler app = new ServletContextHandler("/");
            app.addServletContainerInitializer(new ErlangErrorsInitializer());
            serve(app, "/", (q, r) -> StreamingResponse.to(r).ndjson(gone.stream("rows", "some", 1)));
            server.stop();
            server.setHandler(app);
            server.start();
            HttpResponse<String> response = get("/");
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
    }

    /// More of them than lanes and connections, and each has a producer that could fill any memory.
    @Test
    void slowReadersDoNotKeepAQuickOneWaiting() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Socket socket = ask((i % 2 == 0 ? "/ndjson" : "/array") + "?f=endless&name=slow" + i);
                slow.add(socket);
                until(reader(socket), "200");
            }
            for (int i = 0; i < 8; i++) {
                String name = "slow" + i;
                Await.until(
                        name + " to wait for credit",
                        () -> erlang.eval("process_info(whereis(" + name + "), status)")
                                .equals("{status,waiting}"));
            }
            long began = System.nanoTime();
            assertThat(get("/ndjson?f=some&n=1000").body().lines()).hasSize(1000);
            assertThat(get("/array?f=list&n=100000").body()).endsWith("{\"id\":100000}]");
            // The first of them used to wait 5 seconds for a lane, and then to fail.
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
            assertThat(node.runtime().streams().extra()).isLessThan(16 << 20);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        for (int i = 0; i < 8; i++) {
            String name = "slow" + i;
            Await.until("the end of " + name, () -> !isRunning(name));
        }
    }

    @Test
    void aClientThatDoesNotReadStopsTheProducerFromRunning() throws Exception {
        try (Socket socket = ask("/ndjson?f=endless&name=unread")) {
            Await.until("the producer to wait for credit", () -> {
                String reductions = erlang.eval("process_info(whereis(unread), reductions)");
                assertThat(peer.call("erlang", "node").as(String.class)).isEqualTo(erlang.nodeName());
                return erlang.eval("process_info(whereis(unread), status)").equals("{status,waiting}")
                        && erlang.eval("process_info(whereis(unread), reductions)")
                                .equals(reductions);
            });
            assertThat(socket.isConnected()).isTrue();
        }
        Await.until("the end of the producer", () -> !isRunning("unread"));
    }
}
