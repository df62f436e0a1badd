package dev.pier.server;

import dev.pier.server.admin.AdminPage;
import dev.pier.server.admin.AdminServer;
import dev.pier.server.admin.Diagnostics;
import dev.pier.server.admin.Health;
import dev.pier.server.admin.Metrics;
import dev.pier.server.admin.Operations;
import dev.pier.server.aot.AotCacheCreation;
import dev.pier.server.api.Meters;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.config.Setting;
import dev.pier.server.http.HttpServer;
import dev.pier.server.http.HttpSettings;
import dev.pier.server.log.LogLevels;
import dev.pier.server.login.Realms;
import dev.pier.server.meters.ApplicationMeters;
import dev.pier.server.mount.Mounts;
import dev.pier.server.plugin.ServerPlugin;
import dev.pier.server.recent.RecentEvents;
import dev.pier.server.session.Sessions;
import dev.pier.server.trace.Tracing;
import dev.pier.server.webapp.AppStatus;
import dev.pier.server.webapp.Injectables;
import dev.pier.server.webapp.LocalApp;
import dev.pier.server.webapp.WebApps;
import dev.pier.server.websocket.WebSockets;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A Pier server: reads its configuration, starts its parts and stops them.
///
/// The parts start in the order of their dependencies: admin port, HTTP port (bound, not yet accepting requests),
/// plugins, applications, requests. They stop in the reverse order. If a part fails to start, all parts started
/// before it are stopped.
///
/// *Threads.* [#start] and [#stop] can be called from different threads; they exclude each other. Everything else
/// is safe for all threads.
///
/// *Lifecycle.* A server is started once. Several servers can run in one JVM.
public final class ApplicationServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApplicationServer.class);

    private final ServerSettings settings;
    private final Plugins plugins;
    private final List<LocalApp> localApps;
    private final List<Setting> configured;
    private final Health health = new Health();
    private final Operations operations = new Operations();
    private final AdminPage page = new AdminPage();
    private final Injectables injectables = new Injectables();
    private final Realms realms = new Realms();
    private final Instant created = Instant.now();
    private final Object lifecycle = new Object();

    /// Stops what has been started, most recent first. Guarded by `lifecycle`.
    private final Deque<Runnable> undo = new ArrayDeque<>();

    private volatile boolean stopRequested;
    private Reload.@Nullable Source reloadSource;
    private Supplier<List<ServerPlugin>> newPlugins = List::of;
    private volatile @Nullable Reload reload;
    private volatile @Nullable HttpServer http;
    private volatile @Nullable AdminServer admin;
    private volatile @Nullable Sessions sessions;
    private volatile @Nullable WebSockets webSockets;
    private volatile @Nullable WebApps webApps;

    /// Reads the whole configuration, including the sections of the plugins.
    ///
    /// @throws ConfigurationException with all problems
    public ApplicationServer(Configuration configuration, List<ServerPlugin> plugins) throws ConfigurationException {
        this(configuration, plugins, List.of());
    }

    /// Creates the server of a program that embeds it.
    ///
    /// @param localApps applications outside the webapps folder. If there are any, all applications see the
    ///     classes of the program's class path
    /// @throws ConfigurationException with all problems
    public ApplicationServer(Configuration configuration, List<ServerPlugin> plugins, List<LocalApp> localApps)
            throws ConfigurationException {
        this.localApps = List.copyOf(localApps);
        if (!localApps.isEmpty()) {
            injectables.shareClassPath();
        }
        this.plugins = new Plugins(plugins);
        this.plugins.configure(configuration);
        this.settings = ServerSettings.read(configuration, this.plugins.sessionStoreNames(), this.plugins::realm);
        configuration.check();
        this.configured = configuration.settings();
    }

    /// Lets operators and [#reload] take up changes of the configuration. Before [#start].
    ///
    /// @param newPlugins makes plugins that check the configuration, and are not started
    void reloadable(Reload.Source source, Supplier<List<ServerPlugin>> newPlugins) {
        this.reloadSource = source;
        this.newPlugins = newPlugins;
    }

    /// Takes up changes of the configuration. The log has the outcome.
    void reload() {
        Reload all = reload;
        if (all == null) {
            log.warn("Cannot reload the configuration: the server has not started");
        } else {
            all.runLogged();
        }
    }

    private List<Setting> settingsInForce() {
        Reload all = reload;
        return all == null ? configured : all.inForce();
    }

    /// Checks what a start needs beside the configuration. Starts nothing.
    ///
    /// @throws StartException if the server could not start
    public void check() throws StartException {
        try {
            AdminServer.check(settings.admin());
            Realms.check(settings.realms());
        } catch (IOException e) {
            throw startFailure(e);
        }
        plugins.check();
    }

    /// The plugins on the class path.
    public static List<ServerPlugin> installedPlugins() {
        return ServiceLoader.load(ServerPlugin.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /// Starts the server. An application that cannot be deployed does not prevent the start.
    ///
    /// @throws StartException if the server cannot start; everything that was started is stopped again
    public void start() throws StartException {
        synchronized (lifecycle) {
            try {
                startInOrder();
            } catch (Throwable t) {
                undoAll();
                throw startFailure(t);
            }
        }
    }

    private static StartException startFailure(Throwable cause) {
        return switch (cause) {
            case StartException e -> e;
            case InterruptedException e -> {
                Thread.currentThread().interrupt();
                yield new StartException("interrupted during the start", e);
            }
            case IOException e when e.getMessage() != null -> new StartException(e.getMessage(), e);
            case Error e -> throw e;
            default -> new StartException(cause.toString(), cause);
        };
    }

    private void startInOrder() throws Exception {
        warnAboutFewCarrierThreads();
        setLogLevels();
        Metrics metrics = new Metrics();
        undo.push(metrics::close);

        RecentEvents events = RecentEvents.follow();
        undo.push(events::close);
        Diagnostics.add(operations, events, this::settingsInForce);
        AdminServer adminServer = new AdminServer(settings.admin(), health, metrics, this::status, operations, page);
        undo.push(adminServer::stop);
        adminServer.start();
        admin = adminServer;

        Tracing tracing = Tracing.start(settings.tracing());
        HttpServer httpServer = new HttpServer(
                settings.http(), settings.https(), settings.accessLog(), tracing.spans(), metrics.registry());
        undo.push(httpServer::stop);
        httpServer.bind();
        http = httpServer;
        httpServer.liveness().forEach(health::liveness);

        failIfStopRequested();
        ApplicationMeters meters = new ApplicationMeters(metrics.registry(), settings.meters());
        injectables.bindPerApplication("meters", Meters.class, meters::create);
        undo.push(plugins::stop);
        plugins.start(injectables, health, operations, page, metrics.registry(), tracing.openTelemetry());

        failIfStopRequested();
        Sessions sessions =
                Sessions.open(settings.sessions(), plugins.sessionStores(), httpServer.jetty(), metrics.registry());
        undo.push(sessions::close);
        health.liveness(sessions.liveness());
        this.sessions = sessions;

        realms.open(settings.realms());

        WebSockets webSockets =
                new WebSockets(settings.webSockets(), httpServer.jetty(), metrics.registry(), httpServer::isCrowded);
        this.webSockets = webSockets;
        WebApps apps =
                new WebApps(settings.webapps(), localApps, httpServer, injectables, sessions, realms, webSockets);
        undo.push(apps::close);
        undo.push(sessions::stopping);
        // Before the applications, so that one at the path of a mount is refused.
        Mounts mounts = new Mounts(httpServer, webSockets);
        undo.push(mounts::close);
        mounts.start(plugins.mounts());
        registerApplicationGauges(apps, metrics);
        operations.add("/applications/", apps.operations());
        webApps = apps;
        health.liveness(apps.liveness());
        apps.start();
        if (reloadSource != null) {
            Reload all = new Reload(reloadSource, newPlugins, plugins, settings, configured, realms, apps);
            reload = all;
            operations.add("/reload", _ -> all.run());
        }

        failIfStopRequested();
        undo.push(httpServer::stop);
        undo.push(plugins::stopping);
        undo.push(webSockets::stopping);
        undo.push(apps::stopping);
        httpServer.accept();
        undo.push(httpServer::awaitShutdownDelay);
        undo.push(health::stopping);
        health.started();
        log.info(
                "Pier {} is ready on {} (admin: {}): {} in {} ms",
                Version.current(),
                httpServer.urls().map(URI::toString).collect(Collectors.joining(" and ")),
                adminServer.url(),
                applicationCount(apps),
                Duration.between(created, Instant.now()).toMillis());
        AotCacheCreation.asked(settings.start()).ifPresent(creation -> {
            undo.push(creation::stop);
            creation.start();
        });
    }

    private void setLogLevels() {
        Optional<LogLevels> levels = LogLevels.installed();
        if (levels.isEmpty()) {
            if (!settings.logLevels().isEmpty()) {
                log.warn("log.levels has no effect: the log is not Logback's");
            }
            return;
        }
        if (!settings.logLevels().isEmpty()) {
            levels.get().replace(settings.logLevels());
        }
        operations.add("/log-level", new LogLevelOperation(levels.get()));
    }

    private static String applicationCount(WebApps apps) {
        List<AppStatus> statuses = apps.statuses();
        long serving = statuses.stream().filter(it -> it.state().isServing()).count();
        String text = serving + (serving == 1 ? " application" : " applications");
        return serving == statuses.size() ? text : text + ", " + (statuses.size() - serving) + " failed";
    }

    private static void registerApplicationGauges(WebApps apps, Metrics metrics) {
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

    /// Virtual threads are not time-sliced: with as many carrier threads as cores, a few CPU-bound requests
    /// delay all other requests for seconds.
    private static void warnAboutFewCarrierThreads() {
        int processors = Runtime.getRuntime().availableProcessors();
        int carriers = Integer.getInteger("jdk.virtualThreadScheduler.parallelism", processors);
        if (carriers < 2 * processors) {
            log.warn(
                    "CPU-bound requests can delay all others: virtual threads have only {} carrier threads on {}"
                            + " processors. Set -Djdk.virtualThreadScheduler.parallelism={}",
                    carriers,
                    processors,
                    2 * processors);
        }
    }

    private void failIfStopRequested() throws StartException {
        if (stopRequested) {
            throw new StartException("stop requested during the start");
        }
    }

    /// Stops the server: is not ready from now on, serves requests for another `http.shutdown-delay`, refuses new
    /// ones, waits up to `http.shutdown-timeout` for those in flight, then stops the applications and the plugins.
    /// Idempotent.
    public void stop() {
        stopRequested = true;
        synchronized (lifecycle) {
            if (!undo.isEmpty()) {
                logStop(settings.http());
                undoAll();
                log.info("Pier has stopped");
            }
        }
    }

    private static void logStop(HttpSettings settings) {
        if (settings.shutdownDelay().isPositive()) {
            log.info(
                    "Stopping: not ready from now on; requests are served for another {} s (http.shutdown-delay), and may"
                            + " then run for {} s (http.shutdown-timeout)",
                    settings.shutdownDelay().toSeconds(),
                    settings.shutdownTimeout().toSeconds());
        } else {
            log.info(
                    "Stopping: requests in flight may run for another {} s (http.shutdown-timeout)",
                    settings.shutdownTimeout().toSeconds());
        }
    }

    private void undoAll() {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (RuntimeException | Error e) {
                log.warn("A part of the server did not stop cleanly", e);
            }
        }
    }

    @Override
    public void close() {
        stop();
    }

    /// The URL of the HTTP port, with the actual port number.
    ///
    /// @throws IllegalStateException before the start
    public URI url() {
        return started(http).url();
    }

    /// The URL of the HTTPS port; empty if HTTPS is not configured.
    ///
    /// @throws IllegalStateException before the start
    public Optional<URI> secureUrl() {
        return started(http).secureUrl();
    }

    /// The URL of the admin port, with the actual port number.
    ///
    /// @throws IllegalStateException before the start
    public URI adminUrl() {
        return started(admin).url();
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the server has not started");
        }
        return part;
    }

    /// The names of the liveness checks that fail now: of parts of this server.
    public List<String> notLive() {
        return health.notLive();
    }

    /// The names of the readiness checks that fail now.
    public List<String> notReady() {
        return health.notReady();
    }

    /// How long requests may hold up [#stop]: `http.shutdown-delay` and `http.shutdown-timeout`.
    public Duration longestStop() {
        return settings.http().shutdownDelay().plus(settings.http().shutdownTimeout());
    }

    /// The status of each application, by file name.
    public List<AppStatus> applications() {
        WebApps apps = webApps;
        return apps == null ? List.of() : apps.statuses();
    }

    private Object status() {
        return new ServerStatus(http, sessions, webSockets).describe(created, applications(), plugins.statuses());
    }
}
