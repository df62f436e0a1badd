package dev.pier.server.meters;

import java.util.List;
import java.util.Locale;

/// The kinds of meters.
enum MeterKind {
    COUNTER,
    GAUGE,
    TIMER,
    DISTRIBUTION;

    private static final String SECONDS = "_seconds";

    /// The name of a metric of this kind: with its unit, if the kind has one.
    String withUnit(String name) {
        return this == TIMER && !name.endsWith(SECONDS) ? name + SECONDS : name;
    }

    /// The names that a metric of this kind takes at Prometheus, which belong to no other metric then.
    List<String> names(String name) {
        return switch (this) {
            case COUNTER -> List.of(name, name + "_total");
            case GAUGE -> List.of(name);
            case TIMER -> List.of(name, name + "_bucket", name + "_count", name + "_sum", name + "_max");
            case DISTRIBUTION -> List.of(name, name + "_count", name + "_sum", name + "_max");
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
