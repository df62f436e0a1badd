package dev.pier.server.webapp;

import dev.pier.server.http.HttpServer;
import dev.pier.server.http.Router;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts versions of applications, puts them before the requests, and lets old ones run empty. For one thread; the
/// draining runs on threads of its own.
final class Deployer {
    private static final Logger log = LoggerFactory.getLogger(Deployer.class);

    private final WebAppSettings settings;
    private final HttpServer http;
    private final Injectables injectables;
    private final WorkFolder work;
    private final Map<String, String> owners = new ConcurrentHashMap<>();
    private final Set<Thread> draining = ConcurrentHashMap.newKeySet();

    Deployer(WebAppSettings settings, HttpServer http, Injectables injectables) throws IOException {
        this.settings = settings;
        this.http = http;
        this.injectables = injectables;
        this.work = new WorkFolder(settings.work());
    }

    /// The file that serves the path of this one, if it is another.
    Optional<String> rivalOf(AppSource source) {
        return Optional.ofNullable(owners.get(source.contextPath())).filter(owner -> !owner.equals(source.file()));
    }

    /// Starts a version and gives it the requests of its context path.
    ///
    /// @return the version; nothing if the file changed while it was copied, so that a later look has to decide
    /// @throws DeploymentException if the application cannot be started as it is
    Optional<RunningApp> deploy(AppSource source) throws IOException, DeploymentException, InterruptedException {
        Optional<Path> copy = copy(source);
        if (copy.isEmpty()) {
            return Optional.empty();
        }
        RunningApp app = RunningApp.start(source, copy.get(), http.jetty(), injectables, settings.startTimeout());
        owners.put(source.contextPath(), source.file());
        router().put(app.route());
        return Optional.of(app);
    }

    private Optional<Path> copy(AppSource source) throws IOException, DeploymentException {
        try {
            Path copy = work.copy(source);
            if (isUnchanged(source)) {
                return Optional.of(copy);
            }
            WorkFolder.remove(copy);
        } catch (IOException | DeploymentException e) {
            if (isUnchanged(source)) {
                throw e;
            }
        }
        return Optional.empty();
    }

    private static boolean isUnchanged(AppSource source) {
        try {
            return Fingerprint.of(source.path()).equals(source.fingerprint());
        } catch (IOException _) {
            return false;
        }
    }

    /// Takes an application away from its context path.
    void undeploy(RunningApp app) {
        router().remove(app.route());
        owners.remove(app.source().contextPath());
        retire(app);
    }

    /// Ends a version that gets no more requests, as soon as those inside have ended.
    void retire(RunningApp app) {
        Thread thread = Thread.ofVirtual().name("drain " + app.source().file()).unstarted(() -> drain(app));
        draining.add(thread);
        thread.start();
    }

    private void drain(RunningApp app) {
        try {
            app.drainAndEnd(settings.drainTimeout());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            draining.remove(Thread.currentThread());
        }
    }

    private Router router() {
        return http.router();
    }

    /// Ends what is still draining, and removes all copies.
    void close() throws InterruptedException {
        for (Thread thread : draining) {
            if (!thread.join(settings.drainTimeout().plus(Duration.ofSeconds(10)))) {
                log.warn("{} does not come to an end", thread.getName());
            }
        }
        work.close();
    }
}
