package dev.pier.erlang.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Peer;
import dev.pier.erlang.internal.ApplicationObject;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.Transcript;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Streams of events when their application begins to drain, and when the server begins to stop: those without
/// an end of their own end, with a complete response.
class DrainedEventsIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Server server = new Server(0);
    private TestNode node;
    private ErlangNode application;
    private Peer peer;

    @BeforeEach
    void start() throws Exception {
        node = TestNode.start(erlang.cookie());
        application = node.runtime().scope("/app");
        peer = application.peer(erlang.nodeName());
        erlang.compile(Files.readString(Path.of("../erlang/src/pier_stream.erl")));
        erlang.compile("""
                -module(drained).
                -export([watch/2, rows/1, list/1]).
                watch(Name, Pid) ->
                    spawn(fun() ->
                        Ref = monitor(process, Pid),
                        Pid ! hello,
                        receive {'DOWN', Ref, _, _, Reason} -> persistent_term:put(Name, Reason) end
                    end),
                    ok.
                rows(Name) ->
                    register(Name, self()),
                    pier_stream:run(fun(Emit) -> Emit(row), receive after infinity -> ok end end).
                list(N) -> lists:seq(1, N).
                """);
        ServletContextHandler app = new ServletContextHandler("/");
        Transcript.serve(app, "/mailbox", (q, r) -> {
            Mailbox mailbox = application.mailbox();
            peer.call("drained", "watch", Atom.of(q.getParameter("name")), mailbox.self());
            StreamingResponse.to(r).events(mailbox, message -> Optional.of(ServerEvent.of(message)));
        });
        Transcript.serve(
                app,
                "/rows",
                (q, r) -> StreamingResponse.to(r)
                        .events(peer.stream("drained", "rows", Atom.of(q.getParameter("name")))));
        Transcript.serve(app, "/list", (q, r) -> StreamingResponse.to(r).events(peer.stream("drained", "list", 3)));
        server.setHandler(app);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        node.close();
    }

    private InputStream open(String path) throws Exception {
        URI address = URI.create("http://localhost:" + ((ServerConnector) server.getConnectors()[0]).getLocalPort());
        return CLIENT.send(HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofInputStream())
                .body();
    }

    private static void await(InputStream events, String text) throws Exception {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = events.read();
            assertThat(next).as("the end after: " + read).isNotNegative();
            read.append((char) next);
        }
    }

    @Test
    void mailboxesAndRowsEndWithTheDrainOfTheirApplication() throws Exception {
        ErlangNode other = node.runtime().scope("/other");
        Mailbox ofAnother = other.mailbox();
        ofAnother.publisher();
        InputStream events = open("/mailbox?name=m1");
        InputStream rows = open("/rows?name=r1");
        await(events, "data: \"hello\"");
        await(rows, "data: \"row\"");

        ((ApplicationObject) application).applicationDrains();
        ((ApplicationObject) peer).applicationDrains();

        // Complete responses: otherwise reading throws.
        assertThat(new String(events.readAllBytes(), UTF_8)).doesNotContain("error");
        assertThat(new String(rows.readAllBytes(), UTF_8)).doesNotContain("error");
        Await.until(
                "the end of the mailbox",
                () -> erlang.eval("persistent_term:get(m1, none)").equals("shutdown"));
        Await.until("the end of the producer", () -> erlang.eval("whereis(r1)").equals("undefined"));
        assertThat(ofAnother.isAlive()).isTrue();
    }

    @Test
    void streamsThatBeginDuringTheDrainEndAtOnceAndAnswersAreComplete() throws Exception {
        ((ApplicationObject) application).applicationDrains();
        assertThat(new String(open("/mailbox?name=m2").readAllBytes(), UTF_8)).startsWith(":");
        assertThat(new String(open("/rows?name=r2").readAllBytes(), UTF_8)).doesNotContain("error");
        assertThat(new String(open("/list").readAllBytes(), UTF_8)).contains("data: 1", "data: 2", "data: 3");
    }

    @Test
    void rowsEndWithTheServer() throws Exception {
        InputStream rows = open("/rows?name=r3");
        await(rows, "data: \"row\"");
        node.runtime().stopping();
        assertThat(new String(rows.readAllBytes(), UTF_8)).doesNotContain("error");
        Await.until("the end of the producer", () -> erlang.eval("whereis(r3)").equals("undefined"));
    }
}
