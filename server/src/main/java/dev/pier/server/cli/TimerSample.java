package dev.pier.server.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The timers with buckets in one answer of `/metrics`, such as requests and calls, and what happened between two
/// answers. Pure.
public final class TimerSample {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern LINE =
            Pattern.compile("(\\w+)_seconds_(bucket|count|sum)(?:\\{(.*)})? (\\S+)(?: .*)?");
    private static final Pattern BOUND = Pattern.compile("(?:^|,)le=\"([^\"]*)\"");
    private static final double MILLIS = 1000;
    private static final double NANOS = 1e9;

    private static final class Series {
        private double count;
        private double sum;

        /// The number of events that took at most so many seconds.
        private final NavigableMap<Double, Double> buckets = new TreeMap<>();
    }

    /// By name and labels.
    private final Map<String, Series> series = new LinkedHashMap<>();
    private final long nanos;

    private TimerSample(long nanos) {
        this.nanos = nanos;
    }

    /// Reads an answer in the text format of Prometheus.
    ///
    /// @param nanos when it was given
    public static TimerSample of(String metrics, long nanos) {
        TimerSample sample = new TimerSample(nanos);
        metrics.lines().filter(line -> !line.startsWith("#")).forEach(sample::read);
        sample.series.values().removeIf(it -> it.buckets.isEmpty());
        return sample;
    }

    private void read(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return;
        }
        String labels = matcher.group(3) == null ? "" : matcher.group(3);
        double value = Double.parseDouble(matcher.group(4));
        Matcher bound = BOUND.matcher(labels);
        boolean isBucket = matcher.group(2).equals("bucket") && bound.find();
        Series its = series.computeIfAbsent(
                matcher.group(1) + " " + (isBucket ? bound.replaceFirst("") : labels), _ -> new Series());
        if (isBucket) {
            its.buckets.put(seconds(bound.group(1)), value);
        } else if (matcher.group(2).equals("count")) {
            its.count = value;
        } else {
            its.sum = value;
        }
    }

    private static double seconds(String bound) {
        return bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
    }

    /// The timers in which something has ended since an earlier sample, the busiest one first: the rate, the mean, and
    /// the bounds that half and 99 % of the durations do not exceed.
    public ArrayNode since(TimerSample before) {
        double elapsed = (nanos - before.nanos) / NANOS;
        ArrayNode rows = JSON.createArrayNode();
        series.entrySet().stream()
                .filter(it -> ended(it.getKey(), before) > 0)
                .sorted((a, b) -> Double.compare(ended(b.getKey(), before), ended(a.getKey(), before)))
                .forEach(it -> addRow(rows, it.getKey(), it.getValue(), before.series.get(it.getKey()), elapsed));
        return rows;
    }

    private double ended(String key, TimerSample before) {
        Series now = series.get(key);
        Series then = before.series.get(key);
        return now == null ? 0 : now.count - (then == null ? 0 : then.count);
    }

    private static void addRow(ArrayNode rows, String key, Series now, @Nullable Series then, double elapsed) {
        double count = now.count - (then == null ? 0 : then.count);
        double sum = now.sum - (then == null ? 0 : then.sum);
        int space = key.indexOf(' ');
        ObjectNode row = rows.addObject()
                .put("timer", key.substring(0, space))
                .put("of", key.substring(space + 1).replace("\"", ""))
                .put("perSecond", rounded(count / elapsed))
                .put("meanMillis", rounded(sum / count * MILLIS));
        putQuantile(row, "p50Millis", now, then, count / 2);
        putQuantile(row, "p99Millis", now, then, count * 99 / 100);
    }

    /// Puts the bound of the first bucket that has so many events; nothing if that is the last one, without a bound.
    private static void putQuantile(ObjectNode row, String name, Series now, @Nullable Series then, double rank) {
        now.buckets.entrySet().stream()
                .filter(it -> it.getValue() - (then == null ? 0 : then.buckets.getOrDefault(it.getKey(), 0.0)) >= rank)
                .findFirst()
                .filter(it -> !Double.isInfinite(it.getKey()))
                .ifPresent(it -> row.put(name, rounded(it.getKey() * MILLIS)));
    }

    /// With two digits.
    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
