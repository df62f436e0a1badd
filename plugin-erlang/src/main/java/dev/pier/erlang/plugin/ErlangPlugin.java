package dev.pier.erlang.plugin;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.ErlangErrorsInitializer;
import dev.pier.server.config.Section;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.ServerPlugin;
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
        context.offerToEach("erlang/node", ErlangNode.class, _ -> started.forApplication());
        for (String peer : started.peerNames()) {
            context.offerToEach(
                    "erlang/" + peer, Peer.class, _ -> started.forApplication().peer(peer));
        }
        context.initializer(new ErlangErrorsInitializer());
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
