package dev.pier.server.meters;

import dev.pier.server.api.Meters;
import dev.pier.server.task.LogInterval;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The meters of all applications. Versions of an application share the meters that both have, so that a
/// redeployment does not begin anew; a meter ends with the last version that has it.
///
/// *Threads.* Safe for all threads. The lock is held while meters are registered and removed, never while
/// code of an application runs.
public final class ApplicationMeters {
    private static final Logger log = LoggerFactory.getLogger(ApplicationMeters.class);

    /// What the versions of one application have in common.
    private static final class Application {
        private final Counter dropped;
        private final Gauge gauge;

        /// The number of published meters.
        private final AtomicInteger count = new AtomicInteger();
        private final LogInterval warnings = new LogInterval();

        /// Those that have not ended.
        private final Set<AppMeters> versions = new HashSet<>();

        Application(String id, MeterRegistry registry) {
            dropped = Counter.builder("pier.meters.dropped")
                    .description("How often an application asked for a meter that is not published")
                    .tag("application", id)
                    .register(registry);
            gauge = Gauge.builder("pier.meters", count, AtomicInteger::get)
                    .description("Published meters of an application")
                    .tag("application", id)
                    .register(registry);
        }
    }

    /// The meters that share a name at Prometheus: of one name and kind, and any labels.
    private record Metric(MeterKind kind, String name, Set<Series> series) {
        boolean has(MeterKey key) {
            return kind == key.kind() && name.equals(key.name());
        }
    }

    private final MeterRegistry registry;
    private final MeterSettings settings;
    private final Object lock = new Object();

    /// By id. Guarded by `lock`.
    private final Map<String, Application> applications = new HashMap<>();

    /// What is published. Guarded by `lock`.
    private final Map<MeterKey, Series> published = new HashMap<>();

    /// By each of their names at Prometheus. Guarded by `lock`.
    private final Map<String, Metric> metrics = new HashMap<>();

    public ApplicationMeters(MeterRegistry registry, MeterSettings settings) {
        this.registry = registry;
        this.settings = settings;
    }

    /// The meters for a new version of an application. They are [AutoCloseable], to be closed when it has
    /// ended.
    ///
    /// @param id the application in metrics
    public Meters create(String id) {
        synchronized (lock) {
            AppMeters created = new AppMeters(this, id);
            applications
                    .computeIfAbsent(id, _ -> new Application(id, registry))
                    .versions
                    .add(created);
            return created;
        }
    }

    /// Publishes a meter of a version.
    ///
    /// @param value the function of a gauge; null for other kinds
    /// @return null if it is not published
    /// @throws IllegalArgumentException if the version has a meter of another kind with one of the names
    @Nullable
    Series publish(MeterKey key, AppMeters owner, @Nullable DoubleSupplier value) {
        Application application;
        String problem;
        synchronized (lock) {
            application = applications.get(key.application());
            if (application == null || !application.versions.contains(owner)) {
                return null;
            }
            Series known = owner.series().get(key);
            problem = known == null ? problem(key, owner) : null;
            if (problem == null) {
                Series series = known == null ? add(key, owner) : known;
                if (value != null) {
                    series.functions().put(owner, value);
                }
                return series;
            }
        }
        application.dropped.increment();
        if (application.warnings.permits()) {
            log.warn("The meter {} of {} is not published: {}", key.name(), key.application(), problem);
        }
        return null;
    }

    /// Why a meter that the version does not have yet is not published; null if it is.
    private @Nullable String problem(MeterKey key, AppMeters owner) {
        for (Metric other : conflicts(key)) {
            if (other.series().stream().anyMatch(series -> series.isOf(owner))) {
                throw new IllegalArgumentException("the name " + key.name() + " of a " + key.kind()
                        + " is taken by the " + other.kind() + " " + other.name() + " of the application");
            }
            for (Series series : other.series()) {
                if (!series.key().application().equals(key.application())) {
                    return "the name of this " + key.kind() + " is taken by the " + other.kind() + " " + other.name()
                            + " of " + series.key().application() + "; choose another name";
                }
            }
        }
        if (owner.series().size() >= settings.maxPerApplication()) {
            return "the application has " + owner.series().size()
                    + " meters (metrics.max-per-application); give labels few values, or raise the limit";
        }
        return null;
    }

    /// The metrics of other kinds or names that have a name of this one at Prometheus.
    private List<Metric> conflicts(MeterKey key) {
        return key.names().stream()
                .map(metrics::get)
                .filter(metric -> metric != null && !metric.has(key))
                .toList();
    }

    private Series add(MeterKey key, AppMeters owner) {
        Series series = published.get(key);
        if (series == null) {
            // Those of the version before, for whose meters the new version has another kind.
            conflicts(key).forEach(metric -> List.copyOf(metric.series()).forEach(this::remove));
            series = Series.register(registry, key);
            published.put(key, series);
            for (String name : key.names()) {
                metrics.computeIfAbsent(name, _ -> new Metric(key.kind(), key.name(), new HashSet<>()))
                        .series()
                        .add(series);
            }
            count(key).incrementAndGet();
        }
        series.add(owner);
        owner.series().put(key, series);
        return series;
    }

    private void remove(Series series) {
        MeterKey key = series.key();
        if (published.remove(key, series)) {
            registry.remove(series.registered());
            for (String name : key.names()) {
                metrics.computeIfPresent(name, (_, metric) -> {
                    metric.series().remove(series);
                    return metric.series().isEmpty() ? null : metric;
                });
            }
            count(key).decrementAndGet();
        }
    }

    private AtomicInteger count(MeterKey key) {
        return Objects.requireNonNull(applications.get(key.application())).count;
    }

    /// Removes the meters that only this version has. Idempotent.
    void end(AppMeters owner) {
        synchronized (lock) {
            Application application = applications.get(owner.application());
            if (application == null || !application.versions.remove(owner)) {
                return;
            }
            for (Series series : owner.series().values()) {
                if (series.remove(owner)) {
                    remove(series);
                }
            }
            owner.series().clear();
            if (application.versions.isEmpty()) {
                registry.remove(application.dropped);
                registry.remove(application.gauge);
                applications.remove(owner.application());
            }
        }
    }
}
