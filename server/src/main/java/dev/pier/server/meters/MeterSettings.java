package dev.pier.server.meters;

import dev.pier.server.config.Section;

/// The section `metrics { … }`.
///
/// @param maxPerApplication how many meters of an application are published, each combination of labels by
///     itself
public record MeterSettings(int maxPerApplication) {
    public static MeterSettings read(Section section) {
        return new MeterSettings(section.integer("max-per-application", 1000, 0, 100_000));
    }
}
