package dev.pier.server;

import dev.pier.server.admin.AdminPage;
import dev.pier.server.admin.Health;
import dev.pier.server.admin.Operations;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.Section;
import dev.pier.server.http.HttpServer;
import dev.pier.server.plugin.AdminOperation;
import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.plugin.Mount;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.PluginReload;
import dev.pier.server.plugin.Realm;
import dev.pier.server.plugin.ServerPlugin;
import dev.pier.server.plugin.SessionStore;
import dev.pier.server.webapp.Injectables;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.ServletContainerInitializer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The plugins of one server, and what each of them has registered.
///
/// *Threads.* Safe for all threads: one method of a plugin runs at a time, but for what plugins have
/// registered.
final class Plugins {
    private static final Logger log = LoggerFactory.getLogger(Plugins.class);

    private final List<ServerPlugin> plugins;

    /// Held while a method of a plugin runs.
    private final Object turn = new Object();

    /// Guarded by `turn`.
    private final Deque<ServerPlugin> started = new ArrayDeque<>();

    private final Map<String, Supplier<Object>> statuses = new ConcurrentHashMap<>();
    private final Map<String, SessionStore.Factory> sessionStores = new ConcurrentHashMap<>();
    private final List<Mount> mounts = new CopyOnWriteArrayList<>();

    Plugins(List<ServerPlugin> plugins) {
        this.plugins = List.copyOf(plugins);
    }

    void configure(Configuration configuration) {
        plugins.forEach(plugin -> plugin.configure(configuration.section(plugin.name())));
    }

    /// The names of the session stores that plugins offer.
    List<String> sessionStoreNames() {
        return plugins.stream()
                .flatMap(plugin -> plugin.sessionStores().stream())
                .toList();
    }

    /// The realm of a plugin that a section `realms.<name>` defines.
    Optional<Realm.Factory> realm(Section section) {
        synchronized (turn) {
            return plugins.stream()
                    .flatMap(plugin -> plugin.realm(section).stream())
                    .findFirst();
        }
    }

    /// The session stores that plugins have registered, by name.
    Map<String, SessionStore.Factory> sessionStores() {
        return Map.copyOf(sessionStores);
    }

    /// The mounts that plugins have registered.
    List<Mount> mounts() {
        return List.copyOf(mounts);
    }

    /// Checks what the start of each plugin needs.
    ///
    /// @throws StartException with the name and the message of the plugin that could not start
    void check() throws StartException {
        for (ServerPlugin plugin : plugins) {
            try {
                plugin.check();
            } catch (Exception e) {
                throw failed(plugin, e);
            }
        }
    }

    private static StartException failed(ServerPlugin plugin, Exception e) {
        String message = e.getMessage();
        return new StartException(plugin.name() + ": " + (message == null ? e.toString() : message), e);
    }

    /// Starts the plugins in their order.
    ///
    /// @throws StartException with the name and the message of the plugin that failed; the plugins before it
    ///     keep running until [#stop]
    void start(
            Injectables injectables,
            Health health,
            Operations operations,
            AdminPage page,
            MeterRegistry metrics,
            @Nullable Object openTelemetry)
            throws StartException {
        synchronized (turn) {
            for (ServerPlugin plugin : plugins) {
                started.push(plugin);
                try {
                    plugin.start(
                            new Context(plugin.name(), injectables, health, operations, page, metrics, openTelemetry));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new StartException("interrupted during the start of plugin " + plugin.name(), e);
                } catch (Exception e) {
                    throw failed(plugin, e);
                }
            }
        }
    }

    /// What the running plugins take up of a changed configuration.
    ///
    /// @throws StartException with the name and the message of the plugin that refuses it
    Reloads reload(Configuration configuration) throws StartException {
        Map<ServerPlugin, PluginReload> reloads = new LinkedHashMap<>();
        synchronized (turn) {
            for (ServerPlugin plugin : plugins) {
                if (started.contains(plugin)) {
                    try {
                        plugin.reload(configuration.section(plugin.name()))
                                .ifPresent(reload -> reloads.put(plugin, reload));
                    } catch (Exception e) {
                        throw failed(plugin, e);
                    }
                }
            }
        }
        return new Reloads(reloads);
    }

    /// Changed settings of all plugins.
    final class Reloads {
        private final Map<ServerPlugin, PluginReload> reloads;

        private Reloads(Map<ServerPlugin, PluginReload> reloads) {
            this.reloads = reloads;
        }

        boolean takeUp(String key) {
            return reloads.entrySet().stream()
                    .anyMatch(it -> key.startsWith(it.getKey().name() + ".")
                            && it.getValue().takesUp(key));
        }

        /// Takes them up, except those of plugins that have been stopped since.
        void apply() {
            synchronized (turn) {
                reloads.forEach((plugin, reload) -> {
                    if (started.contains(plugin)) {
                        reload.apply();
                    }
                });
            }
        }
    }

    void stopping() {
        synchronized (turn) {
            started.forEach(plugin -> runLogged(plugin, plugin::stopping));
        }
    }

    /// Stops the plugins whose start was attempted, last one first.
    void stop() {
        synchronized (turn) {
            while (!started.isEmpty()) {
                ServerPlugin plugin = started.pop();
                runLogged(plugin, plugin::stop);
            }
        }
    }

    /// Runs one plugin's step; a failure does not keep the other plugins from stopping.
    private static void runLogged(ServerPlugin plugin, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            log.warn("Plugin {} did not stop cleanly", plugin.name(), e);
        }
    }

    /// The status of each plugin that has one, by plugin name.
    Map<String, Object> statuses() {
        Map<String, Object> parts = new LinkedHashMap<>();
        for (ServerPlugin plugin : plugins) {
            Supplier<Object> status = statuses.get(plugin.name());
            if (status != null) {
                parts.put(plugin.name(), evaluate(status));
            }
        }
        return parts;
    }

    private static Object evaluate(Supplier<Object> status) {
        try {
            return status.get();
        } catch (RuntimeException e) {
            return Map.of("error", e.toString());
        }
    }

    private final class Context implements PluginContext {
        private final String plugin;
        private final Injectables injectables;
        private final Health health;
        private final Operations operations;
        private final AdminPage page;
        private final MeterRegistry metrics;
        private final @Nullable Object openTelemetry;

        Context(
                String plugin,
                Injectables injectables,
                Health health,
                Operations operations,
                AdminPage page,
                MeterRegistry metrics,
                @Nullable Object openTelemetry) {
            this.plugin = plugin;
            this.injectables = injectables;
            this.health = health;
            this.operations = operations;
            this.page = page;
            this.metrics = metrics;
            this.openTelemetry = openTelemetry;
        }

        @Override
        public void share(String packageName, boolean includeSubpackages) {
            injectables.share(packageName, includeSubpackages);
        }

        @Override
        public <T> void bind(String name, Class<T> type, T object) {
            injectables.bind(name, type, object);
        }

        @Override
        public <T> void bindPerApplication(String name, Class<T> type, Function<String, ? extends T> factory) {
            injectables.bindPerApplication(name, type, factory);
        }

        @Override
        public void unbind(String name) {
            injectables.unbind(name);
        }

        @Override
        public void initializer(ServletContainerInitializer initializer) {
            injectables.initializer(initializer);
        }

        @Override
        public void mount(Mount mount) {
            mounts.add(mount);
        }

        @Override
        public void sessionStore(String name, SessionStore.Factory factory) {
            if (sessionStores.putIfAbsent(name, factory) != null) {
                throw new IllegalArgumentException("there is a session store " + name);
            }
        }

        @Override
        public void readinessCheck(HealthCheck check) {
            health.readiness(check);
        }

        @Override
        public void removeReadinessCheck(HealthCheck check) {
            health.removeReadiness(check);
        }

        @Override
        public void livenessCheck(HealthCheck check) {
            health.liveness(check);
        }

        @Override
        public void status(Supplier<Object> status) {
            if (statuses.putIfAbsent(plugin, status) != null) {
                throw new IllegalStateException("status already registered by plugin " + plugin);
            }
        }

        @Override
        public void operation(String name, AdminOperation operation) {
            operations.add(plugin, name, operation);
        }

        @Override
        public void page(String script) {
            page.add(plugin, script);
        }

        @Override
        public @Nullable String currentClient() {
            return HttpServer.currentClient();
        }

        @Override
        public MeterRegistry metrics() {
            return metrics;
        }

        @Override
        public @Nullable Object openTelemetry() {
            return openTelemetry;
        }
    }
}
