package dev.pier.bench.harness;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// A ratio of two sides that must reach a mark.
///
/// @param name the name of the mark in `docs/performance/how-it-is-measured.md`
/// @param atLeast the mark, if more is better
/// @param atMost the mark, if less is better
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Ratio(
        String name,
        double value,
        @Nullable Double atLeast,
        @Nullable Double atMost) {
    static Ratio atLeast(String name, double value, double mark) {
        return new Ratio(name, rounded(value), mark, null);
    }

    static Ratio atMost(String name, double value, double mark) {
        return new Ratio(name, rounded(value), null, mark);
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    boolean reached() {
        return (atLeast == null || value >= atLeast) && (atMost == null || value <= atMost);
    }

    String mark() {
        return atLeast != null ? "≥ " + Spread.text(atLeast) : atMost != null ? "≤ " + Spread.text(atMost) : "";
    }
}
