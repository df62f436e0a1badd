package dev.pier.server.webapp;

import dev.pier.server.admin.AdminResource;
import dev.pier.server.http.HttpServer;
import dev.pier.server.login.Realms;
import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.session.Sessions;
import dev.pier.server.task.PeriodicTask;
import dev.pier.server.websocket.WebSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deploys the applications in the webapps folder and those of a program that embeds the server, and follows
/// their changes.
///
/// A change is deployed when two scans in a row see the same state, so that a file that is still being written is not
/// deployed. At start, a complete file is deployed at once.
///
/// *Threads.* All deploying runs on one thread: that of the caller of [#start], then a thread that scans the folder
/// every `webapps.scan-interval`. [#statuses] is safe for all threads.
public final class WebApps implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WebApps.class);

    /// How long the copy of one application may take before the deploying thread counts as stuck.
    private static final Duration MAX_COPYING = Duration.ofMinutes(5);

    private final HttpServer http;

    /// Only the settings of single applications change.
    private volatile WebAppSettings settings;
    private final List<LocalApp> localApps;
    private final Deployer deployer;
    private final Map<String, Application> applications = new ConcurrentSkipListMap<>();
    private final PeriodicTask scanning;

    /// What operators have asked for, by file name.
    private final Map<String, AppChange> changes = new ConcurrentHashMap<>();

    /// The result of the last scan, by file name. Used by the deploying thread only.
    private Map<String, AppSource> lastScan = Map.of();

    /// The files that were reported as ignored. Used by the deploying thread only.
    private final Set<String> ignored = new HashSet<>();

    /// @param localApps applications outside the webapps folder
    /// @throws IOException if the webapps folder or the work folder cannot be created
    public WebApps(
            WebAppSettings settings,
            List<LocalApp> localApps,
            HttpServer http,
            Injectables injectables,
            Sessions sessions,
            Realms realms,
            WebSockets webSockets)
            throws IOException {
        this.settings = settings;
        this.http = http;
        this.localApps = List.copyOf(localApps);
        try {
            Files.createDirectories(settings.folder());
        } catch (IOException e) {
            throw new IOException("cannot create the folder of the applications (webapps.folder): " + e, e);
        }
        acceptAmbiguousPaths();
        this.deployer = new Deployer(settings, http, injectables, sessions, realms, webSockets);
        this.scanning = new PeriodicTask(
                "pier-deployer",
                settings.scanInterval(),
                settings.startTimeout().plus(MAX_COPYING),
                this::scan);
    }

    private void acceptAmbiguousPaths() {
        if (settings.apps().values().stream().anyMatch(app -> app.rules().rawPath())) {
            http.acceptAmbiguousPaths();
        }
    }

    /// Takes up the settings of single applications. Those whose settings have changed, and those that could not be
    /// deployed, are deployed again, without a gap.
    ///
    /// @param changed differ from the settings before in those of single applications only
    /// @return the status of these applications, once they have been deployed, or now if that takes too long
    public List<AppStatus> reload(WebAppSettings changed) throws InterruptedException {
        WebAppSettings before = settings;
        settings = changed;
        acceptAmbiguousPaths();
        if (changed.scanInterval().isZero()) {
            return List.of();
        }
        Map<String, AppChange> deployments = new TreeMap<>();
        for (AppStatus app : statuses()) {
            String name = AppSource.name(app.id());
            boolean failed = app.state() != AppStatus.State.DEPLOYED;
            if (failed || !before.app(name).equals(changed.app(name))) {
                reserve(app.file(), failed).ifPresent(change -> deployments.put(app.file(), change));
            }
        }
        List<AppStatus> outcome = new ArrayList<>();
        try {
            deployments.values().forEach(AppChange::ready);
            for (Map.Entry<String, AppChange> deployment : deployments.entrySet()) {
                carryOut(deployment.getValue()).ifPresent(outcome::add);
            }
        } catch (TimeoutException e) {
            log.warn("Not all applications with changed settings have been deployed yet: {}", e.toString());
        } finally {
            deployments.forEach(this::release);
        }
        return outcome;
    }

    /// Deploys all applications, and starts to scan them. An application that cannot be deployed is logged and
    /// does not affect the others.
    ///
    /// @throws IOException if a local application does not exist or cannot be read
    public void start() throws IOException, InterruptedException {
        Map<String, AppSource> seen = new TreeMap<>(listSources());
        for (LocalApp app : localApps) {
            if (!seen.containsKey(app.path().toString())) {
                AppSource source = AppSource.of(app, settings);
                seen.put(source.file(), source);
            }
        }
        for (AppSource source : seen.values()) {
            if (source.isComplete() || settings.scanInterval().isZero()) {
                application(source).deploy(source, false);
            }
        }
        lastScan = seen;
        if (!settings.scanInterval().isZero()) {
            scanning.start();
        }
    }

    /// The check that is down when the thread that deploys has ended or is stuck.
    public HealthCheck liveness() {
        return scanning.liveness();
    }

    private void scan() throws InterruptedException {
        Map<String, AppSource> seen = listSources();
        Set<String> files = new TreeSet<>(applications.keySet());
        files.addAll(seen.keySet());
        files.addAll(changes.keySet());
        for (String file : files) {
            @Nullable AppSource now = seen.get(file);
            @Nullable AppSource before = lastScan.get(file);
            boolean settled = now == null
                    ? before == null
                    : before != null && now.fingerprint().equals(before.fingerprint());
            Optional<AppChange> change = Optional.ofNullable(changes.get(file)).filter(AppChange::isReady);
            if ((settled || change.isPresent()) && !scanning.isStopping()) {
                scanning.progress();
                apply(file, now, change.map(AppChange::again).orElse(false));
                change.ifPresent(it -> it.end(status(file)));
            }
        }
        lastScan = seen;
    }

    private void apply(String file, @Nullable AppSource source, boolean again) throws InterruptedException {
        if (source != null) {
            application(source).deploy(source, again);
            return;
        }
        @Nullable Application application = applications.remove(file);
        if (application != null) {
            application.undeploy();
        }
    }

    private Application application(AppSource source) {
        return applications.computeIfAbsent(source.file(), _ -> new Application(source, deployer));
    }

    /// The applications, by file name.
    private Map<String, AppSource> listSources() {
        Map<String, AppSource> sources = new TreeMap<>();
        localApps.forEach(app -> localSource(app).ifPresent(source -> sources.put(source.file(), source)));
        try (Stream<Path> files = Files.list(settings.folder())) {
            files.sorted().forEach(file -> source(file).ifPresent(source -> sources.put(source.file(), source)));
        } catch (IOException | UncheckedIOException e) {
            // An unreadable folder is not an empty one: nothing is undeployed.
            log.warn("Cannot read {}, no application is changed: {}", settings.folder(), e.toString());
            return lastScan;
        }
        return sources;
    }

    /// The application as it is now; as it was while a build removes and creates it.
    private Optional<AppSource> localSource(LocalApp app) {
        try {
            return Optional.of(AppSource.of(app, settings));
        } catch (IOException | RuntimeException e) {
            log.debug("{} is not complete", app.path(), e);
            return Optional.ofNullable(lastScan.get(app.path().toString()));
        }
    }

    private Optional<AppSource> source(Path file) {
        try {
            return AppSource.of(file, settings).filter(this::isDeployable);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            ignore(file.getFileName().toString(), "cannot be read: " + e);
            return Optional.empty();
        }
    }

    private boolean isDeployable(AppSource source) {
        if (source.isVersioned()) {
            ignore(source.file(), "parallel versions (##) are not supported");
            return false;
        }
        if (!source.hasValidName()) {
            ignore(
                    source.file(),
                    "invalid name; allowed are letters, digits and . _ ~ @ + - with # between path segments");
            return false;
        }
        return true;
    }

    private void ignore(String file, String reason) {
        if (ignored.add(file)) {
            log.warn("Ignoring {}: {}", file, reason);
        }
    }

    /// The status of each application, sorted by file name.
    public List<AppStatus> statuses() {
        return applications.values().stream()
                .flatMap(application -> application.status().stream())
                .toList();
    }

    private Optional<AppStatus> status(String file) {
        return Optional.ofNullable(applications.get(file)).flatMap(Application::status);
    }

    /// The operations on the files of the webapps folder, for operators.
    public AdminResource operations() {
        return new AppOperations(() -> settings, this);
    }

    /// Reserves a file for a change by an operator; empty if another change of it has not ended.
    Optional<AppChange> reserve(String file, boolean again) {
        AppChange change = new AppChange(again);
        return changes.putIfAbsent(file, change) == null ? Optional.of(change) : Optional.empty();
    }

    /// Lets the deploying thread carry out a reserved change, and waits for it.
    ///
    /// @return the status of the application; empty after its removal
    /// @throws TimeoutException if that takes too long; it will be carried out nevertheless
    Optional<AppStatus> carryOut(AppChange change) throws InterruptedException, TimeoutException {
        change.ready();
        scanning.wakeUp();
        return change.await(settings.startTimeout().plus(MAX_COPYING));
    }

    /// Ends a reservation.
    void release(String file, AppChange change) {
        changes.remove(file, change);
    }

    /// Tells all applications that the server begins to stop.
    public void stopping() {
        applications.values().forEach(Application::stopping);
    }

    /// Ends all applications at once. Their requests must have ended.
    @Override
    public void close() {
        scanning.stop();
        changes.values().forEach(AppChange::abandon);
        try {
            // A deployment in progress ends first; webapps.start-timeout limits it.
            boolean _ = scanning.awaitEnd(settings.startTimeout().plus(Duration.ofSeconds(10)));
            applications.values().forEach(Application::end);
            applications.clear();
            deployer.close();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
