package dev.pier.server.meters;

import dev.pier.server.api.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// One published meter of an application.
final class Series {
    private static final String DESCRIPTION = "Counted or measured by applications";

    private final MeterKey key;

    /// The versions of the application that have the meter. Guarded by the lock of [ApplicationMeters].
    private final Set<AppMeters> owners = new HashSet<>();

    private final Meter registered;

    /// What applications get, of the type of the kind; for a gauge, its [GaugeFunctions].
    private final Object meter;

    private Series(MeterKey key, Meter registered, Object meter) {
        this.key = key;
        this.registered = registered;
        this.meter = meter;
    }

    /// Registers the meter.
    static Series register(MeterRegistry registry, MeterKey key) {
        String name = key.name();
        Tags tags = key.micrometerTags();
        return switch (key.kind()) {
            case COUNTER -> {
                Counter counter = Counter.builder(name)
                        .description(DESCRIPTION)
                        .tags(tags)
                        .register(registry);
                Meters.Counter its = amount -> {
                    if (amount > 0 && Double.isFinite(amount)) {
                        counter.increment(amount);
                    }
                };
                yield new Series(key, counter, its);
            }
            case TIMER -> {
                Timer timer = Timer.builder(name)
                        .description(DESCRIPTION)
                        .tags(tags)
                        .serviceLevelObjectives(Buckets.bounds())
                        .register(registry);
                Meters.Timer its = duration -> record(timer, duration);
                yield new Series(key, timer, its);
            }
            case DISTRIBUTION -> {
                DistributionSummary summary = DistributionSummary.builder(name)
                        .description(DESCRIPTION)
                        .tags(tags)
                        .register(registry);
                Meters.Distribution its = amount -> {
                    if (amount >= 0 && Double.isFinite(amount)) {
                        summary.record(amount);
                    }
                };
                yield new Series(key, summary, its);
            }
            case GAUGE -> {
                GaugeFunctions functions = new GaugeFunctions(key);
                Gauge gauge = Gauge.builder(name, functions, GaugeFunctions::value)
                        .description(DESCRIPTION)
                        .tags(tags)
                        .register(registry);
                yield new Series(key, gauge, functions);
            }
        };
    }

    private static void record(Timer timer, Duration duration) {
        if (!duration.isNegative()) {
            // The longest durations become 292 years.
            timer.record(TimeUnit.NANOSECONDS.convert(duration), TimeUnit.NANOSECONDS);
        }
    }

    MeterKey key() {
        return key;
    }

    Meter registered() {
        return registered;
    }

    Object meter() {
        return meter;
    }

    /// The functions of a gauge.
    GaugeFunctions functions() {
        return (GaugeFunctions) meter;
    }

    void add(AppMeters owner) {
        owners.add(owner);
    }

    boolean isOf(AppMeters owner) {
        return owners.contains(owner);
    }

    /// Forgets a version.
    ///
    /// @return whether no version has the meter any more
    boolean remove(AppMeters owner) {
        if (meter instanceof GaugeFunctions functions) {
            functions.remove(owner);
        }
        return owners.remove(owner) && owners.isEmpty();
    }
}
