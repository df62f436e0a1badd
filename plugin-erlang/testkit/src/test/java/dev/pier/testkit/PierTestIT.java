package dev.pier.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.embedded.Pier;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// An application in a Pier of its own, whose Erlang nodes the tests define. Nothing here needs Erlang.
@PierTest(webapp = "target/test-classes", settings = "erlang.peers.backend.timeout = 500 ms")
class PierTestIT {
    @Test
    void returns(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.when("users", "find", "joe").returns(Map.of("name", "Joe"));
        backend.when("users", "find", "ann").returns(Map.of("name", "Ann"));
        assertThat(client.get("/users?id=joe").json().at("/name").asString()).isEqualTo("Joe");
        assertThat(client.get("/users?id=ann").as(Object.class)).isEqualTo(Map.of("name", "Ann"));
        assertThat(backend.asked())
                .extracting(Asked::toString)
                .containsExactly("users:find(<<\"joe\">>)", "users:find(<<\"ann\">>)");
    }

    @Test
    void forgetsRulesAndCallsBetweenTests(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        assertThat(backend.asked()).isEmpty();
        assertThat(client.get("/users?id=joe").status()).isEqualTo(502);
        assertThat(backend.asked()).isEmpty();
    }

    @Test
    void takesTheLatestRule(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.whenAny("users", "find").returns("any user");
        backend.when("users", "find", "joe").returns("Joe");
        backend.when("users", "find", "joe").returns("Joseph");
        assertThat(client.get("/users?id=joe").body()).isEqualTo("\"Joseph\"");
        assertThat(client.get("/users?id=ann").body()).isEqualTo("\"any user\"");
    }

    @Test
    void failsAsErlangDoes(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.when("users", "find", "error").fails(Atom.of("badarg"));
        backend.when("users", "find", "exit").exits(Atom.of("shutdown"));
        backend.when("users", "find", "throw").throwsValue(Term.parse("{not_found, <<\"joe\">>}"));
        backend.when("users", "find", "undef").undef();
        for (String id : List.of("error", "exit", "throw", "undef", "no rule has these arguments")) {
            PierResponse response = client.get("/users?id=" + id.replace(" ", "%20"));
            assertThat(response.status()).as(id).isEqualTo(502);
            assertThat(response.header("Content-Type")).as(id).hasValue("application/problem+json");
            assertThat(response.json().at("/reference").asString()).as(id).isNotEmpty();
        }
        assertThat(backend.asked()).hasSize(5);
    }

    @Test
    void timesOut(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.whenAny("users", "find").neverAnswers();
        assertThat(client.get("/users?id=joe").status()).isEqualTo(504);
    }

    @Test
    void losesTheConnectionAndComesBack(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.when("users", "find", "joe").disconnects();
        backend.when("users", "find", "ann").returns("Ann");
        PierResponse lost = client.get("/users?id=joe");
        assertThat(lost.status()).isEqualTo(502);
        assertThat(lost.body()).contains("onnection");
        Await.until("the connection", () -> client.get("/users?id=ann").status() == 200);
    }

    @Test
    void stopsAndRestarts(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.when("users", "find", "joe").returns("Joe");
        backend.stop();
        assertThatThrownBy(backend::node)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stopped");
        assertThat(client.get("/users?id=joe").status()).isEqualTo(503);
        backend.when("users", "find", "ann").returns("Ann");
        backend.restart();
        Await.until("the connection", () -> client.get("/users?id=joe").status() == 200);
        assertThat(client.get("/users?id=ann").body()).isEqualTo("\"Ann\"");
    }

    @Test
    void answersByCode(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
        backend.whenAny("users", "find").answers(arguments -> "Hello " + arguments.as(0, String.class));
        assertThat(client.get("/users?id=joe").body()).isEqualTo("\"Hello joe\"");
    }

    @Test
    void streamsRows(PierClient client, @ErlangPeer("reports") FakeErlang reports) {
        reports.when("reports", "rows").streams(List.of(Map.of("n", 1), Map.of("n", 2)));
        try (PierEvents events = client.events("/rows")) {
            assertThat(events.next().data()).isEqualTo("{\"n\":1}");
            assertThat(events.next()).satisfies(event -> {
                assertThat(event.data()).isEqualTo("{\"n\":2}");
                assertThat(event.name()).isEqualTo("message");
                assertThat(event.id()).isEmpty();
            });
            events.awaitEnd(Duration.ofSeconds(10));
            assertThatThrownBy(events::next).isInstanceOf(AssertionError.class).hasMessageContaining("ended");
        }
        assertThatThrownBy(() -> client.events("/users?id=1")).isInstanceOf(AssertionError.class);
    }

    @Test
    void opensWebSockets(PierClient client) {
        try (PierSocket socket = client.socket("/echo", "texts")) {
            assertThat(socket.subprotocol()).isEqualTo("texts");
            assertThat(socket.send("hello").next()).isEqualTo("hello");
            assertThat(socket.sendJson(Map.of("a", 1)).next()).isEqualTo("{\"a\":1}");
            socket.sendJson("close");
            assertThat(socket.awaitClose()).isEqualTo(new PierSocket.Close(4001, "as you wish"));
        }
        assertThatThrownBy(() -> client.socket("/nowhere")).isInstanceOf(AssertionError.class);
    }

    @Test
    void keepsCookiesDuringATest(PierClient client) {
        assertThat(client.post("/users", List.of("a", "b")).status()).isEqualTo(201);
        assertThat(client.delete("/users").body()).isEqualTo("[\"a\",\"b\"]");
    }

    @Test
    void forgetsCookiesBetweenTests(PierClient client) {
        assertThat(client.delete("/users").body()).isEqualTo("null");
    }

    @Test
    void talksToErlangThroughTheFakeNode(Pier pier, @ErlangPeer("backend") FakeErlang backend) {
        assertThat(pier.applications()).hasSize(1);
        assertThat(backend.node().name()).isEqualTo(backend.nodeName());
    }

    @Nested
    class InNestedClasses {
        @Test
        void sharesThePierOfTheClass(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
            backend.whenAny("users", "find").returns(1);
            assertThat(client.get("/users?id=joe").body()).isEqualTo("1");
        }
    }
}
