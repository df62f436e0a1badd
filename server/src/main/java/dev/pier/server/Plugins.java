package dev.pier.server;

import dev.pier.server.admin.Health;
import dev.pier.server.config.Configuration;
import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.ServerPlugin;
import dev.pier.server.webapp.Injectables;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.ServletContainerInitializer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's plugins, and what each of them has given. Started and stopped by one thread; the status is asked for
/// by the admin threads.
final class Plugins {
    private static final Logger log = LoggerFactory.getLogger(Plugins.class);

    private final List<ServerPlugin> plugins;
    private final Deque<ServerPlugin> started = new ArrayDeque<>();
    private final Map<String, Supplier<Object>> statuses = new ConcurrentHashMap<>();

    Plugins(List<ServerPlugin> plugins) {
        this.plugins = List.copyOf(plugins);
    }

    void configure(Configuration configuration) {
        plugins.forEach(plugin -> plugin.configure(configuration.section(plugin.name())));
    }

    /// Starts the plugins in their order.
    ///
    /// @throws StartException with a plugin's own sentence
    void start(Injectables injectables, Health health, MeterRegistry metrics) throws StartException {
        for (ServerPlugin plugin : plugins) {
            started.push(plugin);
            try {
                plugin.start(new Context(plugin.name(), injectables, health, metrics));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StartException("interrupted while " + plugin.name() + " started", e);
            } catch (Exception e) {
                String message = e.getMessage();
                throw new StartException(plugin.name() + ": " + (message == null ? e.toString() : message), e);
            }
        }
    }

    void stopping() {
        started.forEach(plugin -> attempt(plugin, plugin::stopping));
    }

    /// Stops those that were started, the last one first.
    void stop() {
        while (!started.isEmpty()) {
            ServerPlugin plugin = started.pop();
            attempt(plugin, plugin::stop);
        }
    }

    /// One plugin's failure must not keep the others from stopping.
    private static void attempt(ServerPlugin plugin, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            log.warn("{} did not stop cleanly", plugin.name(), e);
        }
    }

    /// What the plugins tell an operator, by their names.
    Map<String, Object> statuses() {
        Map<String, Object> parts = new LinkedHashMap<>();
        for (ServerPlugin plugin : plugins) {
            Supplier<Object> status = statuses.get(plugin.name());
            if (status != null) {
                parts.put(plugin.name(), ask(status));
            }
        }
        return parts;
    }

    private static Object ask(Supplier<Object> status) {
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
        private final MeterRegistry metrics;

        Context(String plugin, Injectables injectables, Health health, MeterRegistry metrics) {
            this.plugin = plugin;
            this.injectables = injectables;
            this.health = health;
            this.metrics = metrics;
        }

        @Override
        public void share(String packageName, boolean below) {
            injectables.share(packageName, below);
        }

        @Override
        public <T> void bind(String name, Class<T> type, T object) {
            injectables.bind(name, type, object);
        }

        @Override
        public <T> void bindPerApplication(String name, Class<T> type, Function<String, ? extends T> maker) {
            injectables.bindPerApplication(name, type, maker);
        }

        @Override
        public void initializer(ServletContainerInitializer initializer) {
            injectables.initializer(initializer);
        }

        @Override
        public void readinessCheck(HealthCheck check) {
            health.readiness(check);
        }

        @Override
        public void status(Supplier<Object> status) {
            if (statuses.putIfAbsent(plugin, status) != null) {
                throw new IllegalStateException(plugin + " has given its part of the status already");
            }
        }

        @Override
        public MeterRegistry metrics() {
            return metrics;
        }
    }
}
