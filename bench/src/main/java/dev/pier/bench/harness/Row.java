package dev.pier.bench.harness;

import java.util.Map;

/// What was measured of one side.
///
/// @param value the main figure, of the unit that the section names
/// @param figures the others, by their headings; medians
public record Row(String side, Spread value, Map<String, Double> figures) {}
