package dev.pier.erlang.plugin;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.jinterface.JInterface;
import dev.pier.erlang.metrics.ErlangMetrics;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.opentelemetry.ErlangTracing;
import dev.pier.erlang.servlet.ErlangErrorsInitializer;
import dev.pier.erlang.servlet.ScriptInitializer;
import dev.pier.erlang.transport.Tls;
import dev.pier.server.config.Section;
import dev.pier.server.plugin.PluginCommand;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.PluginReload;
import dev.pier.server.plugin.Realm;
import dev.pier.server.plugin.ServerPlugin;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's Erlang side: reads `erlang { … }`, starts the node, and gives it and its peers to web applications.
///
/// The server's start and stop thread runs it.
public final class ErlangPlugin implements ServerPlugin {
    private static final Logger log = LoggerFactory.getLogger(ErlangPlugin.class);

    private Optional<ErlangSettings> settings = Optional.empty();
    private @Nullable NodeRuntime node;
    private @Nullable OfferedPeers peers;

    /// The names of the peers in the section that was read last.
    private Set<String> peerNames = Set.of();

    @Override
    public String name() {
        return "erlang";
    }

    @Override
    public void configure(Section section) {
        settings = ErlangSettings.read(section);
        peerNames = names(settings);
    }

    private static Set<String> names(Optional<ErlangSettings> settings) {
        return settings.map(it -> it.builder().settings().peers().keySet()).orElse(Set.of());
    }

    /// A store in Mnesia on each peer.
    @Override
    public Collection<String> sessionStores() {
        return names(settings).stream().map(OfferedPeers::name).toList();
    }

    /// A realm with the key `peer`.
    @Override
    public Optional<Realm.Factory> realm(Section section) {
        if (!section.has("peer")) {
            return Optional.empty();
        }
        return ErlangRealm.Settings.read(section, peerNames).map(read -> () -> {
            NodeRuntime running = node;
            if (running == null) {
                throw new IllegalStateException("the node has not started");
            }
            return ErlangRealm.of(running::peer, read);
        });
    }

    @Override
    public Collection<PluginCommand> commands() {
        return ErlangCommands.all();
    }

    @Override
    public void check() throws Exception {
        if (settings.isPresent()) {
            settings.get().builder().checkCookie();
        }
    }

    @Override
    public void start(PluginContext context) throws Exception {
        // Shared in any case, so that an application which wants a node is told that there is none, not that its
        // classes are missing.
        context.share("dev.pier.erlang", false);
        context.share("dev.pier.erlang.term", false);
        // Not API, but in its jar: what compiles must be there.
        context.share("dev.pier.erlang.internal", false);
        context.share("dev.pier.erlang.servlet.problem", false);
        context.share("dev.pier.erlang.servlet", false);
        context.share("dev.pier.erlang.servlet.socket", false);
        context.share("dev.pier.erlang.servlet.mount", false);
        // Our mapping goes by Jackson's annotations, so both sides must mean the same ones; Jackson itself stays
        // hidden.
        context.share("com.fasterxml.jackson.annotation", false);
        context.share("org.jspecify.annotations", false);
        if (JInterface.isPresent()) {
            // An application that brought its own would have objects that are no terms here.
            context.share(JInterface.PACKAGE, false);
        }
        if (settings.isEmpty()) {
            log.info("No Erlang node: server.conf has no erlang.node");
            return;
        }
        ErlangMetrics metrics = new ErlangMetrics(context.metrics());
        NodeRuntime started = start(settings.get(), metrics, context);
        node = started;
        context.bindPerApplication("erlang/node", ErlangNode.class, started::scope);
        OfferedPeers offered = OfferedPeers.of(settings.get(), started, context, metrics);
        peers = offered;
        for (String peer : started.peerNames()) {
            context.sessionStore(OfferedPeers.name(peer), limits -> {
                offered.isUsedBy(peer, "sessions.store");
                return new ErlangSessionStore(started.peer(peer), limits);
            });
        }
        context.initializer(new ErlangErrorsInitializer());
        context.initializer(new ScriptInitializer());
        context.initializer(new DrainInitializer());
        context.livenessCheck(new ErlangStatus.ThreadsCheck(started));
        Tls tls = started.tls();
        if (tls != null) {
            context.readinessCheck(new ErlangStatus.CertificateCheck(tls));
        }
        ErlangMounted mounted =
                ErlangMounted.start(settings.get().mounts(), settings.get().loadsModules(), started, context);
        ErlangCommands.operations(started).forEach(context::operation);
        context.status(() -> ErlangStatus.of(started, mounted.status()));
        context.page(page());
        if (AotTraining.isAsked()) {
            AotTraining.run();
        }
    }

    /// The script of the admin port's page.
    private static String page() throws IOException {
        try (InputStream script = ErlangPlugin.class.getResourceAsStream("page.js")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static NodeRuntime start(ErlangSettings settings, ErlangMetrics metrics, PluginContext context)
            throws IOException {
        NodeBuilder builder = settings.builder().clients(context::currentClient);
        metrics.observe(builder);
        if (context.openTelemetry() != null) {
            WithOpenTelemetry.trace(builder, context.openTelemetry());
        }
        NodeRuntime started = builder.start();
        metrics.register(started);
        return started;
    }

    /// Keeps the classes of an optional library away from the outer class.
    private static final class WithOpenTelemetry {
        static void trace(NodeBuilder builder, Object openTelemetry) {
            builder.tracing(ErlangTracing.of((OpenTelemetry) openTelemetry));
        }
    }

    /// Takes up the peers.
    @Override
    public Optional<PluginReload> reload(Section section) throws IOException {
        Optional<ErlangSettings> changed = ErlangSettings.read(section);
        OfferedPeers running = peers;
        Optional<PluginReload> reload =
                running == null || changed.isEmpty() ? Optional.empty() : running.reload(changed.get());
        NodeRuntime current = node;
        peerNames = reload.isPresent() ? names(changed) : current == null ? Set.of() : current.peerNames();
        return reload;
    }

    @Override
    public void stopping() {
        NodeRuntime running = node;
        if (running != null) {
            running.stopping();
        }
    }

    @Override
    public void stop() {
        NodeRuntime running = node;
        if (running != null) {
            running.close();
        }
    }
}
