package dev.pier.server;

import dev.pier.server.admin.AdminServer;
import dev.pier.server.admin.Health;
import dev.pier.server.admin.Metrics;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.http.HttpServer;
import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.plugin.ServerPlugin;
import dev.pier.server.webapp.AppStatus;
import dev.pier.server.webapp.Injectables;
import dev.pier.server.webapp.WebApps;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server from its configuration to its end. Its parts start in an order in which each finds what it needs, and stop
/// in the opposite one: admin port, HTTP port (bound, but not yet answering), plugins, applications, requests. What
/// fails to start takes back what had started before it.
///
/// Several servers can live in one JVM. [#start] and [#stop] may be called from different threads; the one waits for
/// the other. A server is started once.
public final class ApplicationServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApplicationServer.class);

    private final ServerSettings settings;
    private final Plugins plugins;
    private final Health health = new Health();
    private final Injectables injectables = new Injectables();
    private final Instant created = Instant.now();
    private final Object lifecycle = new Object();
    // How to take back what has been started, the last first. Guarded by lifecycle.
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private volatile boolean stopRequested;
    private volatile Optional<HttpServer> http = Optional.empty();
    private volatile Optional<AdminServer> admin = Optional.empty();
    private volatile Optional<WebApps> webApps = Optional.empty();

    /// Reads the whole configuration, the plugins' sections too.
    ///
    /// @throws ConfigurationException with all that is wrong
    public ApplicationServer(Configuration configuration, List<ServerPlugin> plugins) throws ConfigurationException {
        this.settings = ServerSettings.read(configuration);
        this.plugins = new Plugins(plugins);
        this.plugins.configure(configuration);
        configuration.check();
    }

    /// The plugins on the class path.
    public static List<ServerPlugin> installedPlugins() {
        return ServiceLoader.load(ServerPlugin.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /// Starts the server. An application that cannot be deployed does not keep the server from starting.
    ///
    /// @throws StartException if the server cannot start; nothing of it is left then
    public void start() throws StartException {
        synchronized (lifecycle) {
            try {
                startInOrder();
            } catch (Exception e) {
                takeBack();
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                throw e instanceof StartException start ? start : new StartException(sentence(e), e);
            }
        }
    }

    private static String sentence(Exception e) {
        return e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
    }

    private void startInOrder() throws Exception {
        warnOfFewCarriers();
        Metrics metrics = new Metrics();
        undo.push(metrics::close);

        AdminServer adminServer = new AdminServer(settings.admin(), health, metrics, this::status);
        undo.push(adminServer::stop);
        adminServer.start();
        admin = Optional.of(adminServer);

        HttpServer httpServer =
                new HttpServer(settings.http(), settings.https(), settings.accessLog(), metrics.registry());
        undo.push(httpServer::stop);
        httpServer.bind();
        http = Optional.of(httpServer);
        health.liveness(check("http", httpServer));

        continueUnlessStopped();
        undo.push(plugins::stop);
        plugins.start(injectables, health, metrics.registry());

        continueUnlessStopped();
        WebApps apps = new WebApps(settings.webapps(), httpServer, injectables);
        undo.push(apps::close);
        countApplications(apps, metrics);
        webApps = Optional.of(apps);
        apps.start();

        continueUnlessStopped();
        undo.push(httpServer::stop);
        undo.push(plugins::stopping);
        undo.push(health::stopping);
        httpServer.accept();
        health.started();
        log.info(
                "Pier {} is ready on {} (admin: {}): {} in {} ms",
                Version.current(),
                httpServer
                        .secureUrl()
                        .map(url -> httpServer.url() + " and " + url)
                        .orElse(httpServer.url().toString()),
                adminServer.url(),
                applicationCount(apps),
                Duration.between(created, Instant.now()).toMillis());
    }

    private static String applicationCount(WebApps apps) {
        List<AppStatus> statuses = apps.statuses();
        long serving = statuses.stream().filter(it -> it.state().isServing()).count();
        String text = serving + (serving == 1 ? " application" : " applications");
        return serving == statuses.size() ? text : text + ", " + (statuses.size() - serving) + " failed";
    }

    private static HealthCheck check(String name, HttpServer server) {
        return new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Result check() {
                return new Result(!server.hasFailed(), Map.of());
            }
        };
    }

    private static void countApplications(WebApps apps, Metrics metrics) {
        for (AppStatus.State state : AppStatus.State.values()) {
            Gauge.builder(
                            "pier.applications",
                            apps,
                            it -> it.statuses().stream()
                                    .filter(status -> status.state() == state)
                                    .count())
                    .description("Applications by state")
                    .tag("state", state.toString())
                    .register(metrics.registry());
        }
    }

    /// Virtual threads are not time-sliced: with as many carriers as cores, a few requests that compute keep all others
    /// waiting for seconds.
    private static void warnOfFewCarriers() {
        int wanted = 2 * Runtime.getRuntime().availableProcessors();
        int given = Integer.getInteger(
                "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
        if (given < wanted) {
            log.warn(
                    "-Djdk.virtualThreadScheduler.parallelism is {}; with less than {} on this machine, requests that"
                            + " compute for long delay all others",
                    given,
                    wanted);
        }
    }

    private void continueUnlessStopped() throws StartException {
        if (stopRequested) {
            throw new StartException("stopped while it was starting");
        }
    }

    /// Stops the server: no new requests, those in flight end within the shutdown timeout, then the applications, then
    /// the plugins. Idempotent.
    public void stop() {
        stopRequested = true;
        synchronized (lifecycle) {
            if (!undo.isEmpty()) {
                log.info(
                        "stopping; requests in flight have {} s",
                        settings.http().shutdownTimeout().toSeconds());
                takeBack();
                log.info("stopped");
            }
        }
    }

    private void takeBack() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException e) {
                log.warn("a part of the server did not stop cleanly", e);
            }
        }
    }

    @Override
    public void close() {
        stop();
    }

    /// The address of the HTTP port, the real port in it, once the server has started.
    public URI url() {
        return http.orElseThrow(ApplicationServer::notStarted).url();
    }

    /// The address of the HTTPS port, if there is one, once the server has started.
    public Optional<URI> secureUrl() {
        return http.orElseThrow(ApplicationServer::notStarted).secureUrl();
    }

    /// The address of the admin port, once the server has started.
    public URI adminUrl() {
        return admin.orElseThrow(ApplicationServer::notStarted).url();
    }

    private static IllegalStateException notStarted() {
        return new IllegalStateException("the server has not started");
    }

    /// How each application is.
    public List<AppStatus> applications() {
        return webApps.stream().flatMap(apps -> apps.statuses().stream()).toList();
    }

    private Object status() {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("version", Version.current());
        status.put("java", Runtime.version().toString());
        status.put("started", created.toString());
        status.put("uptimeSeconds", Duration.between(created, Instant.now()).toSeconds());
        status.put(
                "urls",
                http.stream()
                        .flatMap(server -> Stream.concat(Stream.of(server.url()), server.secureUrl().stream()))
                        .map(URI::toString)
                        .toList());
        status.put(
                "applications",
                applications().stream().map(ApplicationServer::describe).toList());
        status.put("plugins", plugins.statuses());
        return status;
    }

    private static Map<String, Object> describe(AppStatus app) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("file", app.file());
        description.put("path", app.contextPath());
        description.put("state", app.state().toString());
        app.reason().ifPresent(reason -> description.put("reason", reason));
        description.put("since", app.since().toString());
        return description;
    }
}
