package dev.pier.erlang.jackson;

import static dev.pier.erlang.testing.Transcript.serve;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.JsonText;
import dev.pier.erlang.Peer;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.servlet.ErlangErrorsInitializer;
import dev.pier.erlang.servlet.JsonBody;
import dev.pier.erlang.servlet.JsonResponses;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.Transcript;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Replays of `docs/results.md`, with a real node, the transcripts and the table of JSON.
class ResultsPageIT {
    private static final TypeReference<List<User>> USERS = new TypeReference<>() {};

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;
    private static Peer backend;

    record User(String name, int age) {}

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        backend = node.peer(erlang);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private interface Shown {
        Object value();
    }

    private static void print(ServletContextHandler app, String path, Shown shown) {
        serve(app, path, r -> r.getWriter().println(shown.value()));
    }

    private static ServletContextHandler app() {
        ServletContextHandler app = new ServletContextHandler("/");
        app.addServletContainerInitializer(new ErlangErrorsInitializer());
        print(app, "/user", () -> backend.call("people", "find", "ann").ok().as(User.class));
        print(app, "/users", () -> backend.call("people", "all").as(USERS));
        print(app, "/none", () -> backend.call("people", "none").asOptional(User.class));
        print(app, "/value", () -> String.valueOf(backend.call("people", "all").value()));
        print(app, "/term", () -> backend.call("people", "find", "ann").term());
        serve(app, "/users.json", r -> JsonResponses.write(backend.call("people", "all"), r));
        serve(
                app,
                "/bob.json",
                r -> JsonResponses.write(backend.call("people", "find", "bob").ok(), r));
        serve(app, "/raw.json", r -> JsonResponses.write(backend.call("people", "find", "bob"), r));
        serve(
                app,
                "/sent",
                r -> r.getWriter()
                        .print(backend.call("people", "shown", new User("Ann", 30))
                                .as(String.class)));
        app.setAttribute("erlang/node", node.runtime());
        serve(
                app,
                "/age",
                (q, r) -> r.getWriter()
                        .println(backend.call("maps", "get", "age", JsonBody.of(q))
                                .term()));
        serve(app, "/user-in", (q, r) -> r.getWriter().println(JsonBody.of(q).as(User.class)));
        return app;
    }

    @Test
    void eachTranscriptMatchesTheAnswerOfTheServer() throws Exception {
        assertThat(new Transcript("results.md").replay(erlang, app())).isEqualTo(13);
    }

    @Test
    void eachKindOfTermLooksAsInTheTable() throws Exception {
        for (List<String> row : ResultsPageTest.table("Erlang to JSON", "Erlang")) {
            String term = ResultsPageTest.codes(row.get(0)).getFirst();
            erlang.eval("persistent_term:put(shown, (" + term + "))");
            ByteArrayOutputStream json = new ByteArrayOutputStream();
            backend.call("persistent_term", "get", Atom.of("shown")).writeJson(json);
            assertThat(json.toString(StandardCharsets.UTF_8))
                    .as(term)
                    .isEqualTo(ResultsPageTest.codes(row.get(1)).getFirst());
        }
    }

    @Test
    void eachJsonTextIsTheTermOfTheTable() throws Exception {
        erlang.compile("""
                -module(judge).
                -export([same/1]).
                same(Term) -> Term =:= persistent_term:get(wanted).
                """);
        for (List<String> row : ResultsPageTest.table("JSON to Erlang", "JSON")) {
            erlang.eval("persistent_term:put(wanted, ("
                    + ResultsPageTest.codes(row.get(1)).getFirst() + "))");
            for (String json : ResultsPageTest.codes(row.get(0))) {
                assertThat(backend.call("judge", "same", JsonText.of(json)).as(boolean.class))
                        .as(json)
                        .isTrue();
            }
        }
    }
}
