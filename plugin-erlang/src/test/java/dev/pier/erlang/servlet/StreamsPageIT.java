package dev.pier.erlang.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Peer;
import dev.pier.erlang.node.BulkSettings;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Replays the transcripts of `docs/streams.md`.
class StreamsPageIT {
    private static final Pattern BLOCK = Pattern.compile("```(erlang|console)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMAND =
            Pattern.compile("\\$ curl -s http://localhost:8080(\\S+)\n(.*?)(?=\\$ curl|\\z)", Pattern.DOTALL);
    private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"[0-9a-f]{16}\"");

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private interface Action {
        void run(HttpServletResponse response) throws IOException;
    }

    private static void serve(ServletContextHandler app, String path, Action action) {
        HttpServlet servlet = new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                action.run(response);
            }
        };
        app.addServlet(new ServletHolder(servlet), path);
    }

    private static ServletContextHandler app(Peer backend) {
        ServletContextHandler app = new ServletContextHandler("/");
        serve(app, "/list.json", r -> backend.stream("reports", "list", 3).writeJson(r));
        serve(app, "/list.ndjson", r -> backend.stream("reports", "list", 3).writeNdjson(r));
        serve(app, "/text", r -> backend.stream("reports", "text", 3).writeBytes(r));
        serve(app, "/rows.ndjson", r -> StreamingResponse.to(r).ndjson(backend.stream("reports", "rows", 2)));
        serve(app, "/rows.json", r -> StreamingResponse.to(r).jsonArray(backend.stream("reports", "rows", 2)));
        serve(app, "/rows.events", r -> StreamingResponse.to(r).events(backend.stream("reports", "rows", 2)));
        serve(
                app,
                "/broken.events",
                r -> StreamingResponse.to(r)
                        .flushAfter(Duration.ZERO, 1)
                        .events(backend.stream("reports", "broken", 2)));
        return app;
    }

    @Test
    void eachTranscriptIsWhatTheServerAnswers() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "streams.md"));
        Server server = new Server(0);
        int commands = 0;
        try (TestNode node =
                        TestNode.start(erlang.cookie(), new BulkSettings(4, Duration.ofSeconds(60), 1 << 20, true));
                HttpClient client = HttpClient.newHttpClient()) {
            server.setHandler(app(node.peer(erlang)));
            server.start();
            int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
            for (MatchResult block : BLOCK.matcher(page).results().toList()) {
                if (block.group(1).equals("erlang")) {
                    erlang.compile(block.group(2));
                    continue;
                }
                for (MatchResult command :
                        COMMAND.matcher(block.group(2)).results().toList()) {
                    URI uri = URI.create("http://localhost:" + port + command.group(1));
                    String body = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .body();
                    // A shell's prompt stands on a line of its own, whether the body ends its last line or not.
                    String shown = body.endsWith("\n") ? body : body + "\n";
                    assertThat(REFERENCE.matcher(shown).replaceAll("\"reference\":\"…\""))
                            .as(command.group(1))
                            .isEqualTo(command.group(2));
                    commands++;
                }
            }
        } finally {
            server.stop();
        }
        assertThat(commands).isEqualTo(7);
    }
}
