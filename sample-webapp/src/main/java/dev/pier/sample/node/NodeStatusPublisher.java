package dev.pier.sample.node;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerStatus;
import dev.pier.sample.web.Json;
import dev.pier.sample.web.Pages;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Publishes the state of the Erlang node and of the connection to it once per second to all pages, as the event
/// `node`. It queries the node once for all pages, and not at all while no page is open.
///
/// Threads: runs on its own virtual thread, which ends with the application.
@WebListener
public final class NodeStatusPublisher implements ServletContextListener {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    @Resource(name = "erlang/backend")
    Peer backend;

    private @Nullable Thread thread;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        Pages pages = Pages.of(event.getServletContext());
        thread = Thread.ofVirtual().name("sample-node-status").start(() -> run(pages));
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void run(Pages pages) {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                if (!pages.isEmpty()) {
                    pages.publishToAll("node", status());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Json status() {
        PeerStatus status = backend.status();
        PeerCalls calls = backend.calls();
        return Json.object()
                .put("at", System.currentTimeMillis())
                .put("state", status.state().name())
                .put("since", status.since().toEpochMilli())
                .put("problem", status.lastProblem().orElse(null))
                .put("ended", calls.ended())
                .put("failed", calls.failed())
                .put("median", micros(calls.median()))
                .put("p90", micros(calls.p90()))
                .put("p99", micros(calls.p99()))
                .putJson("nodes", nodes())
                .putJson("figures", status.isConnected() ? figures(status.node()) : "null");
    }

    /// The nodes of the peer, if there are several.
    private String nodes() {
        return backend.nodes().stream()
                .map(node -> Json.object()
                        .put("node", node.node())
                        .put("state", node.state().name())
                        .put("problem", node.lastProblem().orElse(null))
                        .toString())
                .collect(Collectors.joining(",", "[", "]"));
    }

    /// @param node always one that is connected, so that the figures are of the same node for as long as possible
    private String figures(String node) {
        try {
            ByteArrayOutputStream json = new ByteArrayOutputStream();
            backend.on(node)
                    .with(CallOptions.DEFAULT.withTimeout(INTERVAL))
                    .call("this_node", "figures")
                    .writeJson(json);
            return json.toString(StandardCharsets.UTF_8);
        } catch (ErlangException | IllegalArgumentException | IOException _) {
            return "null"; // The connection or the node was just lost; the next event shows it.
        }
    }

    private static double micros(Duration duration) {
        return duration.toNanos() / 1000.0;
    }
}
