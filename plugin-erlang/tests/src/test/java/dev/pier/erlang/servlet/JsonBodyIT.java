package dev.pier.erlang.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Peer;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.etf.JsonCorpus;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.node.ValueSettings;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.Transcript;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// JSON bodies from a real HTTP client to a real Erlang node.
class JsonBodyIT {
    private static final JsonLimits LIMITS = new JsonLimits(100_000, 100, 1000);

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Server SERVER = new Server(0);
    private static TestNode node;
    private static Peer peer;

    record Order(String item, int count) {}

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start(TestNode.builder(erlang.cookie())
                .values(new ValueSettings(Atom.of("nil"), JsonOptions.DEFAULT, LIMITS)));
        peer = node.peer(erlang);
        erlang.compile("""
                -module(orders).
                -export([place/1, count/0, note/1]).
                place(Order) -> counters:add(persistent_term:get(orders), 1, 1), Order.
                count() -> counters:get(persistent_term:get(orders), 1).
                note(Order) -> persistent_term:put(noted, Order).
                """);
        erlang.eval("persistent_term:put(orders, counters:new(1, []))");
        ServletContextHandler app = new ServletContextHandler("/");
        app.addServletContainerInitializer(new ErlangErrorsInitializer());
        app.setAttribute("erlang/node", node.runtime());
        Transcript.serve(
                app,
                "/place",
                (q, r) -> r.getOutputStream()
                        .write(peer.call("orders", "place", JsonBody.of(q))
                                .term()
                                .encode()));
        Transcript.serve(
                app, "/as", (q, r) -> r.getWriter().print(JsonBody.of(q).as(Order.class)));
        Transcript.serve(
                app, "/all", (q, r) -> r.getWriter().print(JsonBody.of(q).as(new TypeReference<List<Order>>() {})));
        Transcript.serve(
                app, "/value", (q, r) -> r.getWriter().print(JsonBody.of(q).value()));
        Transcript.serve(
                app, "/term", (q, r) -> r.getWriter().print(JsonBody.of(q).term()));
        Transcript.serve(app, "/cast", (q, _) -> peer.cast("orders", "note", List.of(JsonBody.of(q), "by cast")));
        Transcript.serve(app, "/send", (q, _) -> peer.send("receiver", Map.of("body", JsonBody.of(q))));
        SERVER.setHandler(app);
        SERVER.start();
    }

    @AfterAll
    static void stop() throws Exception {
        CLIENT.close();
        SERVER.stop();
        node.close();
    }

    private static int port() {
        return ((ServerConnector) SERVER.getConnectors()[0]).getLocalPort();
    }

    private static HttpResponse<byte[]> post(String path, String type, BodyPublisher body) throws Exception {
        URI uri = URI.create("http://localhost:" + port() + path);
        return CLIENT.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", type)
                        .POST(body)
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static String posted(String path, String json) throws Exception {
        HttpResponse<byte[]> response = post(path, "application/json", BodyPublishers.ofString(json));
        assertThat(response.statusCode()).as(json).isEqualTo(200);
        return new String(response.body(), UTF_8);
    }

    private static int placed() {
        return peer.call("orders", "count").as(int.class);
    }

    static List<JsonCorpus.Sample> corpus() {
        return JsonCorpus.all();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void eachBodyReachesErlangOrIsRefusedBefore(JsonCorpus.Sample sample) throws Exception {
        int before = placed();
        HttpResponse<byte[]> response = post("/place", "application/json", BodyPublishers.ofByteArray(sample.utf8()));
        if (sample.accepted()) {
            assertThat(response.statusCode()).isEqualTo(200);
            String wanted = Term.fromJson(sample.utf8()).toString().replace("undefined", "nil");
            assertThat(Term.decode(response.body())).isEqualTo(Term.parse(wanted));
            assertThat(placed()).isEqualTo(before + 1);
        } else {
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(new String(response.body(), UTF_8))
                    .startsWith("{\"title\":\"Bad Request\",\"status\":400,\"detail\":\"not JSON: ")
                    .contains("(line ", ", column ")
                    .doesNotContain("reference");
            assertThat(placed()).isEqualTo(before);
        }
    }

    @Test
    void aBodyIsReadAsAValue() throws Exception {
        assertThat(posted("/as", "{\"item\":\"tea\",\"count\":2}")).isEqualTo("Order[item=tea, count=2]");
        assertThat(posted("/all", "[{\"item\":\"tea\",\"count\":2}]")).isEqualTo("[Order[item=tea, count=2]]");
        assertThat(posted("/value", "{\"a\":[1,2.5,\"x\",null,true]}")).isEqualTo("{a=[1, 2.5, x, null, true]}");
        assertThat(posted("/term", "{\"a\":null}")).isEqualTo("#{<<\"a\">> => nil}");
    }

    @Test
    void aBodyThatDoesNotFitTheClassIsTheClientsFault() throws Exception {
        for (String json : List.of("{\"item\":\"tea\",\"count\":\"x\"}", "{\"item\":\"tea\"}", "[]", "null")) {
            HttpResponse<byte[]> response = post("/as", "application/json", BodyPublishers.ofString(json));
            assertThat(response.statusCode()).as(json).isEqualTo(400);
            assertThat(new String(response.body(), UTF_8))
                    .contains("the JSON does not fit: ")
                    .doesNotContain("pier");
        }
    }

    @Test
    void aBodyIsPartOfACastAndAMessage() throws Exception {
        assertThat(posted("/cast", "{\"a\":1}")).isEmpty();
        Await.until(
                "the term is noted",
                () -> erlang.eval("persistent_term:get(noted, none) =:= [#{<<\"a\">> => 1}, <<\"by cast\">>]")
                        .equals("true"));
        erlang.eval("register(receiver, spawn(fun() -> receive M -> persistent_term:put(received, M) end end))");
        assertThat(posted("/send", "[1]")).isEmpty();
        Await.until(
                "the term is noted",
                () -> erlang.eval("persistent_term:get(received, none) =:= #{<<\"body\">> => [1]}")
                        .equals("true"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "Application/JSON;charset=\"UTF-8\"",
                "application/merge-patch+json"
            })
    void jsonTypesAreAccepted(String type) throws Exception {
        assertThat(post("/term", type, BodyPublishers.ofString("[]")).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/jsonx",
                "text/json",
                "image/svg+json",
                "application/json; charset=utf-16",
                "application/json; charset=iso-8859-1"
            })
    void otherTypesAreRefused(String type) throws Exception {
        HttpResponse<byte[]> response = post("/term", type, BodyPublishers.ofString("[]"));
        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(new String(response.body(), UTF_8))
                .startsWith("{\"title\":\"Unsupported Media Type\",\"status\":415,\"detail\":\"the c");
    }

    @Test
    void aBodyWithAnEncodingIsRefused() throws Exception {
        URI uri = URI.create("http://localhost:" + port() + "/term");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString("[]"))
                .build();
        assertThat(CLIENT.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(415);
    }

    @Test
    void aBodyWithoutATypeIsRefused() throws Exception {
        assertThat(firstLine("Content-Length: 2", "", "[]")).contains(" 415 ");
    }

    @Test
    void aLargeBodyIsRefusedWithOrWithoutALength() throws Exception {
        int before = placed();
        byte[] fits = ("\"" + "x".repeat(LIMITS.bytes() - 2) + "\"").getBytes(UTF_8);
        assertThat(post("/place", "application/json", BodyPublishers.ofByteArray(fits))
                        .statusCode())
                .isEqualTo(200);
        byte[] large = ("\"" + "x".repeat(LIMITS.bytes() - 1) + "\"").getBytes(UTF_8);
        for (BodyPublisher body : List.of(
                BodyPublishers.ofByteArray(large),
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))) {
            HttpResponse<byte[]> response = post("/place", "application/json", body);
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(new String(response.body(), UTF_8)).contains("100000 bytes (limit erlang.json.bytes)");
        }
        assertThat(placed()).isEqualTo(before + 1);
    }

    /// The length alone decides: the body is never sent.
    @Test
    void aClientThatAsksFirstNeedNotSendALargeBody() throws Exception {
        assertThat(firstLine(
                        "Content-Type: application/json", "Content-Length: 100001", "Expect: 100-continue", "", ""))
                .contains(" 413 ");
    }

    /// The first line of the answer to a request.
    ///
    /// @param rest the lines after the first two: headers, an empty line and a body
    private static String firstLine(String... rest) throws IOException {
        String request = "POST /term HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", rest);
        try (Socket socket = new Socket("localhost", port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(UTF_8));
            InputStream in = socket.getInputStream();
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c > 0 && c != '\n'; c = in.read()) {
                line.append((char) c);
            }
            return line.toString();
        }
    }
}
