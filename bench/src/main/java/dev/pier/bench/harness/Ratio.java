package dev.pier.bench.harness;

/// A ratio of two sides that must reach a mark.
///
/// @param name the name of the mark in `docs/performance/how-it-is-measured.md`
/// @param atLeast the mark
public record Ratio(String name, double value, double atLeast) {
    boolean reached() {
        return value >= atLeast;
    }
}
