package dev.pier.server.session;

import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.SessionStoreException;
import dev.pier.server.task.LogInterval;
import dev.pier.server.task.PeriodicTask;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.session.SessionManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sessions of all applications of a server, and the store that keeps them.
///
/// *Threads.* Safe for all threads. A thread of its own repeats writes that failed, and removes expired sessions.
///
/// *Lifecycle.* Opened after the plugins have started; closed after the last application has ended.
public final class Sessions implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final Duration EXPIRY_INTERVAL = Duration.ofMinutes(1);

    private final SessionSettings settings;
    private final SessionStore store;
    private final MeterRegistry metrics;
    private final Counter conflicts;
    private final Counter failures;
    private final Map<String, ContextSessions> contexts = new ConcurrentSkipListMap<>();
    private final LogInterval refusals = new LogInterval();
    private final LogInterval unread = new LogInterval();
    private final LogInterval unsaved = new LogInterval();
    private final LogInterval undeleted = new LogInterval();
    private final LogInterval refusedChanges = new LogInterval();
    private final LogInterval tooLarge = new LogInterval();
    private final PeriodicTask upkeep;
    private volatile boolean stopping;

    /// Used by the thread of `upkeep` only.
    private long lastExpiry = System.nanoTime();

    private Sessions(SessionSettings settings, SessionStore store, MeterRegistry metrics) {
        this.settings = settings;
        this.store = new GuardedStore(store);
        this.metrics = metrics;
        this.conflicts = Counter.builder("pier.sessions.conflicts")
                .description("Changes of a session attribute that were refused because another server had changed it")
                .register(metrics);
        this.failures = Counter.builder("pier.sessions.failures")
                .description("Operations of the session store that failed")
                .register(metrics);
        this.upkeep = new PeriodicTask("pier-sessions", RETRY_INTERVAL, Duration.ofMinutes(10), this::upkeep);
        upkeep.start();
    }

    /// Opens the store that the settings name.
    ///
    /// @param pluginStores the stores that plugins offer, by name
    /// @param server gets the manager of the sessions' ids
    /// @throws Exception if the store cannot be opened
    public static Sessions open(
            SessionSettings settings,
            Map<String, SessionStore.Factory> pluginStores,
            Server server,
            MeterRegistry metrics)
            throws Exception {
        SessionStore store = switch (settings.store()) {
            case SessionSettings.MEMORY -> new MemorySessionStore(settings.limits());
            case SessionSettings.FILE -> new FileSessionStore(settings.folder(), settings.limits());
            default -> open(settings, pluginStores.get(settings.store()));
        };
        Sessions sessions = new Sessions(settings, store, metrics);
        SessionIds ids = new SessionIds(server, sessions::managers);
        server.addBean(ids, true);
        ids.start();
        ids.getSessionHouseKeeper().setIntervalSec(EXPIRY_INTERVAL.toSeconds());
        return sessions;
    }

    private static SessionStore open(SessionSettings settings, SessionStore.@Nullable Factory factory)
            throws Exception {
        if (factory == null) {
            throw new IllegalStateException("no plugin has registered the session store " + settings.store());
        }
        return factory.open(settings.limits());
    }

    /// Creates the handler for the sessions of one version of an application.
    ///
    /// @param contextPath the path that the application's name gives
    /// @param loader the application's class loader
    /// @param isOfApplication whether a class outside the JDK belongs to the application
    public AppSessionHandler handler(
            String contextPath, Supplier<ClassLoader> loader, Predicate<Class<?>> isOfApplication) {
        return new AppSessionHandler(this, context(contextPath), loader, isOfApplication);
    }

    private ContextSessions context(String contextPath) {
        return contexts.computeIfAbsent(contextPath, path -> {
            ContextSessions context = new ContextSessions(path);
            Gauge.builder("pier.sessions", context, ContextSessions::size)
                    .description("Sessions in the memory of this server")
                    .tag("path", path)
                    .register(metrics);
            return context;
        });
    }

    private Set<SessionManager> managers() {
        return contexts.values().stream()
                .flatMap(context -> context.caches().stream())
                .map(AppSessionCache::getSessionManager)
                .collect(Collectors.toSet());
    }

    /// How long a session lives without requests, unless the application sets it.
    public int timeoutSeconds() {
        return Math.toIntExact(settings.timeout().toSeconds());
    }

    /// The check that is down when the thread that repeats failed writes has ended or is stuck.
    public HealthCheck liveness() {
        return upkeep.liveness();
    }

    /// The number of sessions of a context path in the memory of this server.
    public int count(String contextPath) {
        ContextSessions found = contexts.get(contextPath);
        return found == null ? 0 : found.size();
    }

    /// The store and the number of sessions by context path, for `/status`.
    public Map<String, Object> status() {
        Map<String, Object> counts = new LinkedHashMap<>();
        contexts.forEach((path, context) -> counts.put(path, context.size()));
        return Map.of("store", settings.store(), "inMemory", counts);
    }

    /// The server stops: sessions that end with it need not be stored.
    public void stopping() {
        stopping = true;
    }

    @Override
    public void close() {
        upkeep.stop();
        store.close();
    }

    private void upkeep() {
        contexts.values().forEach(context -> context.caches().forEach(AppSessionCache::writeUnsaved));
        if (System.nanoTime() - lastExpiry >= EXPIRY_INTERVAL.toNanos()) {
            lastExpiry = System.nanoTime();
            store.removeExpired(System.currentTimeMillis());
        }
    }

    SessionSettings settings() {
        return settings;
    }

    SessionStore store() {
        return store;
    }

    boolean isShared() {
        return store.isShared();
    }

    /// Whether sessions outlive the server.
    boolean isDurable() {
        return !settings.store().equals(SessionSettings.MEMORY);
    }

    /// Whether sessions are needed after the version of the application that ends now.
    boolean outliveServer() {
        return isDurable() || !stopping;
    }

    /// How long a session that is in a durable store stays in memory without requests.
    int evictAfterSeconds() {
        return (int) Math.max(60, settings.staleTime().toSeconds());
    }

    SessionUnavailableException tooMany(ContextSessions context) {
        String message = "The application at " + context.path() + " has " + settings.max()
                + " sessions, which is the limit (sessions.max)";
        warn(refusals, "Refused a session: " + message);
        return new SessionUnavailableException(message);
    }

    void reportStale(SessionStoreException cause) {
        failures.increment();
        warn(
                unread,
                "Using sessions as this server remembers them, for up to "
                        + settings.staleTime().toSeconds() + " s (sessions.stale-time): " + cause.getMessage());
    }

    void reportUnsaved(SessionStoreException cause) {
        failures.increment();
        warn(unsaved, "Sessions cannot be stored now; their changes are kept in memory: " + cause.getMessage());
    }

    void reportUndeleted(SessionStoreException cause) {
        failures.increment();
        warn(undeleted, "A session that has ended stays in the store until it expires: " + cause.getMessage());
    }

    void reportConflict(ContextSessions context, String attribute) {
        conflicts.increment();
        warn(
                refusedChanges,
                "Refused a change of the session attribute '" + attribute + "' of " + context.path()
                        + ": another request has changed it at the same time");
    }

    void reportTooLarge(ContextSessions context, long size, String largest) {
        failures.increment();
        warn(
                tooLarge,
                "A session of " + context.path() + " is not stored: it has " + size + " bytes, more than "
                        + settings.maxSize() + " (sessions.max-size); the largest attribute is " + largest);
    }

    private static void warn(LogInterval interval, String message) {
        if (interval.permits()) {
            log.warn(message);
        }
    }
}
