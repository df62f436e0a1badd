package dev.pier.erlang.plugin;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.server.config.Section;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.ServerPlugin;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The server's Erlang side: reads `erlang { … }`, starts the node, and gives it and its peers to web applications.
///
/// The server's start and stop thread runs it.
public final class ErlangPlugin implements ServerPlugin {
    private @Nullable ErlangSettings settings;
    private @Nullable RunningNode node;

    @Override
    public String name() {
        return "erlang";
    }

    @Override
    public void configure(Section section) {
        settings = ErlangSettings.read(section);
    }

    @Override
    public void start(PluginContext context) throws Exception {
        RunningNode started = RunningNode.start(Objects.requireNonNull(settings, "configured"), context.metrics());
        node = started;
        context.share("dev.pier.erlang", false);
        context.share("dev.pier.erlang.term", false);
        context.share("dev.pier.erlang.servlet", false);
        context.offer("erlang/node", ErlangNode.class, started);
        for (Map.Entry<String, Peer> peer : started.peers().entrySet()) {
            context.offer("erlang/" + peer.getKey(), Peer.class, peer.getValue());
        }
        started.readinessChecks().forEach(context::readinessCheck);
        context.status(started::status);
    }

    @Override
    public void stop() {
        RunningNode running = node;
        if (running != null) {
            running.close();
        }
    }
}
