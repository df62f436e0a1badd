package dev.pier.sample.node;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.term.Term;
import dev.pier.sample.web.Audience;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
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
        Audience pages = Audience.of(event.getServletContext());
        thread = Thread.ofVirtual().name("sample-node-status").start(() -> run(pages));
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void run(Audience pages) {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                if (!pages.isEmpty()) {
                    pages.publish("node", status());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, @Nullable Object> status() {
        PeerStatus status = backend.status();
        PeerCalls calls = backend.calls();
        Map<String, @Nullable Object> values = describe(status);
        values.put("at", System.currentTimeMillis());
        values.put("since", status.since().toEpochMilli());
        values.put("ended", calls.ended());
        values.put("failed", calls.failed());
        values.put("median", micros(calls.median()));
        values.put("p90", micros(calls.p90()));
        values.put("p99", micros(calls.p99()));
        values.put(
                "nodes",
                backend.nodes().stream().map(NodeStatusPublisher::describe).toList());
        values.put("figures", status.isConnected() ? figures(status.node()) : null);
        return values;
    }

    private static Map<String, @Nullable Object> describe(PeerStatus status) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("node", status.node());
        values.put("state", status.state().name());
        values.put("problem", status.lastProblem().orElse(null));
        return values;
    }

    /// @param node always one that is connected, so that the figures are of the same node for as long as possible
    private @Nullable Term figures(String node) {
        try {
            return backend.on(node)
                    .with(CallOptions.DEFAULT.withTimeout(INTERVAL))
                    .call("this_node", "figures")
                    .term();
        } catch (ErlangException | IllegalArgumentException _) {
            return null; // The connection or the node was just lost; the next event shows it.
        }
    }

    private static double micros(Duration duration) {
        return duration.toNanos() / 1000.0;
    }
}
