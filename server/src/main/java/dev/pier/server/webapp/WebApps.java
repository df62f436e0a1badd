package dev.pier.server.webapp;

import dev.pier.server.http.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The applications in the folder: deployed at start, then kept as the folder is.
///
/// One thread does all deploying: the caller of [#start], then a thread of its own that looks at the folder every
/// scan interval. A change is taken up when two looks in a row see the same, so that a file that is being written is
/// left alone; at start, a whole file is taken at once. [#statuses] can be called from any thread.
public final class WebApps implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WebApps.class);

    private final WebAppSettings settings;
    private final Deployer deployer;
    private final Map<String, Application> applications = new ConcurrentSkipListMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);

    // Of the deploying thread.
    private Map<String, AppSource> lastSeen = Map.of();
    private final Set<String> leftAside = new HashSet<>();
    private @Nullable Thread thread;

    /// @throws IOException if the folders cannot be made
    public WebApps(WebAppSettings settings, HttpServer http, Injectables injectables) throws IOException {
        this.settings = settings;
        Files.createDirectories(settings.folder());
        this.deployer = new Deployer(settings, http, injectables);
    }

    /// Deploys what is in the folder, and begins to watch it. An application that cannot be deployed is logged, and
    /// harms no other.
    public void start() throws InterruptedException {
        Map<String, AppSource> seen = look();
        for (AppSource source : seen.values()) {
            if (source.isWhole() || settings.scanInterval().isZero()) {
                application(source).deploy(source);
            }
        }
        lastSeen = seen;
        if (!settings.scanInterval().isZero()) {
            thread = Thread.ofPlatform().name("pier-deployer").daemon().start(this::watch);
        }
    }

    private void watch() {
        try {
            while (!stopping.await(settings.scanInterval().toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    scan();
                } catch (RuntimeException e) {
                    log.error("looking at {} failed; the next look comes as usual", settings.folder(), e);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void scan() throws InterruptedException {
        Map<String, AppSource> seen = look();
        Set<String> files = new TreeSet<>(applications.keySet());
        files.addAll(seen.keySet());
        for (String file : files) {
            @Nullable AppSource now = seen.get(file);
            @Nullable AppSource before = lastSeen.get(file);
            boolean settled =
                    now == null ? before == null : before != null && now.fingerprint().equals(before.fingerprint());
            if (settled && stopping.getCount() > 0) {
                settle(file, now);
            }
        }
        lastSeen = seen;
    }

    private void settle(String file, @Nullable AppSource source) throws InterruptedException {
        if (source != null) {
            application(source).deploy(source);
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

    /// What in the folder is to be an application, by file name.
    private Map<String, AppSource> look() {
        Map<String, AppSource> sources = new TreeMap<>();
        try (Stream<Path> files = Files.list(settings.folder())) {
            files.sorted().forEach(file -> source(file).ifPresent(source -> sources.put(source.file(), source)));
        } catch (IOException | UncheckedIOException e) {
            // Better to keep everything as it is than to take an unreadable folder for an empty one.
            log.warn("cannot read {}: {}", settings.folder(), e.toString());
            return lastSeen;
        }
        return sources;
    }

    private Optional<AppSource> source(Path file) {
        try {
            return AppSource.of(file).filter(this::isDeployable);
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            leaveAside(file.getFileName().toString(), "it cannot be read: " + e);
            return Optional.empty();
        }
    }

    private boolean isDeployable(AppSource source) {
        if (source.isVersioned()) {
            leaveAside(source.file(), "versions side by side (##) are not supported");
            return false;
        }
        if (!source.hasUsableName()) {
            leaveAside(source.file(), "a name may have letters, digits, and . _ ~ @ + - with # between its parts");
            return false;
        }
        return true;
    }

    private void leaveAside(String file, String reason) {
        if (leftAside.add(file)) {
            log.warn("{} is left aside: {}", file, reason);
        }
    }

    /// How each application is, by file name.
    public List<AppStatus> statuses() {
        return applications.values().stream()
                .flatMap(application -> application.status().stream())
                .toList();
    }

    /// Ends all applications. No request must be on its way to them any more.
    @Override
    public void close() {
        stopping.countDown();
        try {
            if (thread != null) {
                // A deployment that is under way ends first; it is bounded by the start timeout.
                thread.join(settings.startTimeout().plus(Duration.ofSeconds(10)));
            }
            applications.values().forEach(Application::end);
            applications.clear();
            deployer.close();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
