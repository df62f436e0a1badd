package dev.pier.server.webapp;

import dev.pier.server.http.HttpServer;
import dev.pier.server.http.Router;
import dev.pier.server.login.Realms;
import dev.pier.server.plugin.Hosts;
import dev.pier.server.session.Sessions;
import dev.pier.server.websocket.WebSockets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts versions of applications, adds them to the router, and drains replaced ones.
///
/// *Threads.* For the deploying thread. Each replaced version is drained on a virtual thread of its own.
final class Deployer {
    private static final Logger log = LoggerFactory.getLogger(Deployer.class);

    /// How long an application's own listeners may take to end it, after its requests.
    private static final Duration CLEANUP_TIMEOUT = Duration.ofSeconds(10);

    /// SPEC: RFC 6455, section 7.4.1
    private static final int GOING_AWAY = 1001;

    /// SPEC: the registry of close codes of RFC 6455: a client may connect again
    private static final int SERVICE_RESTART = 1012;

    private final WebAppSettings settings;
    private final HttpServer http;
    private final Injectables injectables;
    private final Sessions sessions;
    private final Realms realms;
    private final WebSockets webSockets;
    private final WorkFolder work;

    /// The applications that serve, by file.
    private final Map<String, AppSource> served = new ConcurrentHashMap<>();

    private final Set<Thread> draining = ConcurrentHashMap.newKeySet();

    Deployer(
            WebAppSettings settings,
            HttpServer http,
            Injectables injectables,
            Sessions sessions,
            Realms realms,
            WebSockets webSockets)
            throws IOException {
        this.settings = settings;
        this.http = http;
        this.injectables = injectables;
        this.sessions = sessions;
        this.realms = realms;
        this.webSockets = webSockets;
        this.work = new WorkFolder(settings);
    }

    /// Why an application cannot be served at its path: a mount or another application serves the path for a host of
    /// this application, or for all hosts as this one.
    Optional<String> conflict(AppSource source) {
        Hosts hosts = source.settings().hosts();
        return router().mounted(source.contextPath(), hosts)
                .map(host -> conflict(source, host, "a mount of server.conf"))
                .or(() -> served.values().stream()
                        .filter(other -> !other.file().equals(source.file())
                                && other.contextPath().equals(source.contextPath()))
                        .flatMap(other -> other.settings().hosts().conflict(hosts).stream()
                                .map(host -> conflict(source, host, other.file())))
                        .findFirst());
    }

    private static String conflict(AppSource source, String host, String owner) {
        return "the path " + source.contextPath()
                + (source.settings().hosts().names().isEmpty() ? "" : " of the host " + host)
                + " is already served by " + owner;
    }

    /// Starts a version and routes the requests of its path and hosts to it.
    ///
    /// @param replaced the version that gets no more requests then; null for the first
    /// @return the version; empty if the file changed while it was copied, which leaves it to the next scan
    /// @throws DeploymentException if the application cannot be started
    /// @throws IOException if the file cannot be copied
    Optional<RunningApp> deploy(AppSource source, @Nullable RunningApp replaced)
            throws IOException, DeploymentException, InterruptedException {
        Optional<Path> copy = copy(source);
        if (copy.isEmpty()) {
            return Optional.empty();
        }
        RunningApp app =
                RunningApp.start(source, copy.get(), settings, http, injectables, sessions, realms, webSockets);
        served.put(source.file(), source);
        router().put(app.route(), replaced == null ? null : replaced.route());
        return Optional.of(app);
    }

    private Optional<Path> copy(AppSource source) throws IOException, DeploymentException {
        try {
            Path copy = work.copy(source);
            if (isUnchanged(source)) {
                return Optional.of(copy);
            }
            WorkFolder.remove(copy);
        } catch (Throwable t) {
            if (isUnchanged(source)) {
                throw t;
            }
        }
        return Optional.empty();
    }

    private boolean isUnchanged(AppSource source) {
        try {
            return Fingerprint.of(source.path(), settings.followLinks()).equals(source.fingerprint());
        } catch (IOException _) {
            return false;
        }
    }

    /// Removes an application from its path, and ends it after its requests in flight.
    void undeploy(RunningApp app) {
        router().remove(app.route());
        served.remove(app.source().file());
        retire(app, GOING_AWAY, "the application was removed");
    }

    /// Ends a version that another one has replaced, after its requests in flight or `webapps.drain-timeout`.
    void retire(RunningApp app) {
        retire(app, SERVICE_RESTART, "a new version of the application serves");
    }

    private void retire(RunningApp app, int closeCode, String closeReason) {
        Thread thread = Thread.ofVirtual()
                .name("drain " + app.source().file())
                .unstarted(() -> drain(app, closeCode, closeReason));
        draining.add(thread);
        thread.start();
    }

    private void drain(RunningApp app, int closeCode, String closeReason) {
        try {
            app.drainAndEnd(settings.drainTimeout(), closeCode, closeReason);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            draining.remove(Thread.currentThread());
        }
    }

    private Router router() {
        return http.router();
    }

    /// Waits for the versions that are being drained, and removes all copies.
    void close() throws InterruptedException {
        Duration timeout = settings.drainTimeout().plus(CLEANUP_TIMEOUT);
        for (Thread thread : draining) {
            if (!thread.join(timeout)) {
                log.warn("Giving up on thread '{}': not ended within {} s", thread.getName(), timeout.toSeconds());
            }
        }
        work.close();
    }
}
