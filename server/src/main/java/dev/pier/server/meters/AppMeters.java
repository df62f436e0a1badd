package dev.pier.server.meters;

import dev.pier.server.api.Meters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/// The meters of one version of an application.
///
/// *Threads.* Safe for all threads. A meter that is known costs a look-up, without a lock.
///
/// *Lifecycle.* Closed when the version has ended; after that, meters work, but are not published.
final class AppMeters implements Meters, AutoCloseable {
    private static final Counter IGNORED_COUNT = _ -> {};
    private static final Timer IGNORED_TIME = _ -> {};
    private static final Distribution IGNORED_AMOUNT = _ -> {};

    private final ApplicationMeters all;
    private final String application;

    /// Those that are published.
    private final Map<MeterKey, Series> series = new ConcurrentHashMap<>();

    AppMeters(ApplicationMeters all, String application) {
        this.all = all;
        this.application = application;
    }

    String application() {
        return application;
    }

    /// The published meters. Changed under the lock of [ApplicationMeters] only.
    Map<MeterKey, Series> series() {
        return series;
    }

    @Override
    public Counter counter(String name, String... tags) {
        Series its = find(MeterKey.of(application, MeterKind.COUNTER, name, tags));
        return its == null ? IGNORED_COUNT : (Counter) its.meter();
    }

    @Override
    public Timer timer(String name, String... tags) {
        Series its = find(MeterKey.of(application, MeterKind.TIMER, name, tags));
        return its == null ? IGNORED_TIME : (Timer) its.meter();
    }

    @Override
    public Distribution distribution(String name, String... tags) {
        Series its = find(MeterKey.of(application, MeterKind.DISTRIBUTION, name, tags));
        return its == null ? IGNORED_AMOUNT : (Distribution) its.meter();
    }

    @Override
    public void gauge(String name, DoubleSupplier value, String... tags) {
        all.publish(MeterKey.of(application, MeterKind.GAUGE, name, tags), this, value);
    }

    private @Nullable Series find(MeterKey key) {
        Series known = series.get(key);
        return known == null ? all.publish(key, this, null) : known;
    }

    @Override
    public void close() {
        all.end(this);
    }
}
