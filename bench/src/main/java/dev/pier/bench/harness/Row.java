package dev.pier.bench.harness;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The results of one side.
///
/// @param value the main figure, in the section's unit
/// @param figures the medians of the other figures, by their headings
public record Row(String side, Spread value, Map<String, Double> figures) {
    /// The processor time per operation of all processes of a side, in µs.
    public static final String CPU = "CPU µs, all";

    public double figure(String name) {
        return Objects.requireNonNull(figures.get(name), () -> side + " has no figure " + name);
    }

    /// The row of a side.
    public static Row of(String side, List<Row> rows) {
        return rows.stream().filter(row -> row.side().equals(side)).findFirst().orElseThrow();
    }
}
