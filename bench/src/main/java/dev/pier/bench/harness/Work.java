package dev.pier.bench.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// The result of one round of a side.
///
/// @param operations the number of successful operations, at least 1
/// @param value the main figure
/// @param figures the other figures, by their headings
public record Work(long operations, double value, Map<String, Double> figures) {
    public Work {
        if (operations <= 0) {
            throw new IllegalArgumentException("no operations in a round: " + operations);
        }
        figures = new TreeMap<>(figures);
    }

    /// A result whose main figure is operations per second.
    public static Work rate(long operations, long nanos) {
        return new Work(operations, operations * 1e9 / nanos, Map.of());
    }

    /// Parses the answer of a side in another process: words `operations=… nanos=… errors=…`, and `bytes=…` if it
    /// counts its allocations.
    ///
    /// @throws IllegalStateException if there were errors
    public static Work parse(String side, String answer) {
        Map<String, String> words = new LinkedHashMap<>();
        for (String word : answer.strip().split(" ", -1)) {
            String[] parts = word.split("=", 2);
            if (parts.length == 2) {
                words.put(parts[0], parts[1]);
            }
        }
        if (!"0".equals(words.get("errors"))) {
            throw new IllegalStateException("errors in a round of " + side + ": " + answer);
        }
        Work work = rate(
                Long.parseLong(words.getOrDefault("operations", "0")),
                Long.parseLong(words.getOrDefault("nanos", "1")));
        String bytes = words.get("bytes");
        if (bytes != null) {
            work.figures.put("bytes allocated", Double.parseDouble(bytes) / work.operations);
        }
        return work;
    }
}
