package dev.pier.erlang.plugin;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.jinterface.JInterface;
import dev.pier.erlang.servlet.ErlangErrorsInitializer;
import dev.pier.server.config.Section;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.ServerPlugin;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's Erlang side: reads `erlang { … }`, starts the node, and gives it and its peers to web applications.
///
/// The server's start and stop thread runs it.
public final class ErlangPlugin implements ServerPlugin {
    private static final Logger log = LoggerFactory.getLogger(ErlangPlugin.class);

    private Optional<ErlangSettings> settings = Optional.empty();
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
        // Shared in any case, so that an application which wants a node is told that there is none, not that its
        // classes are missing.
        context.share("dev.pier.erlang", false);
        context.share("dev.pier.erlang.term", false);
        context.share("dev.pier.erlang.servlet", false);
        // Our mapping goes by Jackson's annotations, so both sides must mean the same ones; Jackson itself stays
        // hidden.
        context.share("com.fasterxml.jackson.annotation", false);
        if (JInterface.isPresent()) {
            // An application that brought its own would have objects that are no terms here.
            context.share(JInterface.PACKAGE, false);
        }
        if (settings.isEmpty()) {
            log.info("No Erlang node: server.conf has no erlang.node");
            return;
        }
        RunningNode started = RunningNode.start(settings.get(), context.metrics());
        node = started;
        context.bindPerApplication("erlang/node", ErlangNode.class, started::forApplication);
        for (String peer : started.peerNames()) {
            context.bindPerApplication(
                    "erlang/" + peer,
                    Peer.class,
                    path -> started.forApplication(path).peer(peer));
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
