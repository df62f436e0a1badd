package dev.pier.erlang.servlet;

import static dev.pier.erlang.testing.Transcript.serve;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Peer;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.Transcript;
import java.time.Duration;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Replays the transcripts of `docs/streams.md`.
class StreamsPageIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static ServletContextHandler app(TestNode node, Peer backend) {
        ServletContextHandler app = new ServletContextHandler("/");
        serve(app, "/list.json", r -> JsonResponses.write(backend.stream("reports", "list", 3), r));
        serve(app, "/list.ndjson", r -> JsonResponses.writeNdjson(backend.stream("reports", "list", 3), r));
        serve(app, "/text", r -> JsonResponses.writeBytes(backend.stream("reports", "text", 3), r));
        serve(app, "/rows.ndjson", r -> StreamingResponse.to(r).ndjson(backend.stream("reports", "rows", 2)));
        serve(app, "/rows.json", r -> StreamingResponse.to(r).jsonArray(backend.stream("reports", "rows", 2)));
        serve(app, "/rows.events", r -> StreamingResponse.to(r).events(backend.stream("reports", "rows", 2)));
        serve(
                app,
                "/broken.events",
                r -> StreamingResponse.to(r)
                        .flushAfter(Duration.ZERO, 1)
                        .events(backend.stream("reports", "broken", 2)));
        serve(
                app,
                "/store",
                (q, r) -> JsonResponses.write(backend.call("files", "store", Upload.of(q, node.runtime())), r));
        return app;
    }

    @Test
    void eachTranscriptMatchesTheAnswerOfTheServer() throws Exception {
        BulkSettings withHelper = BulkSettings.DEFAULT.withLoadProducer(true);
        try (TestNode node = TestNode.start(erlang.cookie(), withHelper)) {
            assertThat(new Transcript("streams.md").replay(erlang, app(node, node.peer(erlang))))
                    .isEqualTo(8);
        }
    }
}
