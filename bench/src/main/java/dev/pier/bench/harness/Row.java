package dev.pier.bench.harness;

import java.util.Map;

/// The results of one side.
///
/// @param value the main figure, in the section's unit
/// @param figures the medians of the other figures, by their headings
public record Row(String side, Spread value, Map<String, Double> figures) {}
