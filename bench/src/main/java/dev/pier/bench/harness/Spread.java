package dev.pier.bench.harness;

import java.util.List;
import java.util.Locale;

/// The median and the range of a figure that was measured several times.
public record Spread(double median, double low, double high) {
    public static Spread of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.getFirst(), sorted.getLast());
    }

    /// A figure that was measured once.
    public static Spread once(double value) {
        return new Spread(value, value, value);
    }

    /// `82,310 (80,002–83,144)`, and without the range if all were the same.
    @Override
    public String toString() {
        if (low == high) {
            return text(median);
        }
        return "%s (%s–%s)".formatted(text(median), text(low), text(high));
    }

    /// Formats a figure with three significant digits, but with all digits before the decimal point.
    static String text(double value) {
        double size = Math.abs(value);
        int decimals = 0;
        for (double limit = 100; limit > 0.1 && size < limit; limit /= 10) {
            decimals++;
        }
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
