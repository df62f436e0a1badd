package dev.pier.bench.harness;

/// A figure that there is a mark for.
///
/// @param name as `docs/performance/how-it-is-measured.md` lists it
public record Ratio(String name, double value, double atLeast) {
    boolean reached() {
        return value >= atLeast;
    }
}
