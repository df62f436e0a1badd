package dev.pier.bench.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// What a side has done in a round.
///
/// @param operations those that were answered as they should be
/// @param value the main figure
/// @param figures what else was measured, by the heading of its column
public record Work(long operations, double value, Map<String, Double> figures) {
    public Work {
        if (operations <= 0) {
            throw new IllegalArgumentException(operations + " operations are no round");
        }
        figures = new TreeMap<>(figures);
    }

    /// Its main figure is operations a second.
    public static Work rate(long operations, long nanos) {
        return new Work(operations, operations * 1e9 / nanos, Map.of());
    }

    /// Reads what the sides in other processes answer: words `operations=… nanos=… errors=…`,
    /// and `bytes=…` if they know how much they have allocated.
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
            throw new IllegalStateException(side + " did not do as it should: " + answer);
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
