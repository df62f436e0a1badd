package dev.pier.server.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses and prints durations and numbers of bytes in the form used in `server.conf`. The unit is mandatory, because
/// a bare `timeout = 5` is easily misread.
final class Units {
    static final String DURATIONS = "ms, s, minutes, hours, days";
    static final String BYTES = "B, KiB, MiB, GiB, kB, MB, GB";

    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000L);

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([A-Za-z]*)");

    private static final Map<String, BigDecimal> NANOS = Map.ofEntries(
            nanos("ms", 1_000_000L),
            nanos("millis", 1_000_000L),
            nanos("milliseconds", 1_000_000L),
            nanos("s", 1_000_000_000L),
            nanos("second", 1_000_000_000L),
            nanos("seconds", 1_000_000_000L),
            nanos("m", 60_000_000_000L),
            nanos("minute", 60_000_000_000L),
            nanos("minutes", 60_000_000_000L),
            nanos("h", 3_600_000_000_000L),
            nanos("hour", 3_600_000_000_000L),
            nanos("hours", 3_600_000_000_000L),
            nanos("d", 86_400_000_000_000L),
            nanos("day", 86_400_000_000_000L),
            nanos("days", 86_400_000_000_000L));

    private static final Map<String, Long> FACTORS = Map.of(
            "B", 1L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "kB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L);

    private Units() {}

    private static Map.Entry<String, BigDecimal> nanos(String unit, long nanos) {
        return Map.entry(unit, BigDecimal.valueOf(nanos));
    }

    /// Parses a duration. Empty if the text is not a duration, or is longer than 2³¹ − 1 seconds.
    static Optional<Duration> duration(String text) {
        Matcher matcher = AMOUNT.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        BigDecimal unit = NANOS.get(matcher.group(2).toLowerCase(Locale.ROOT));
        if (unit == null) {
            return Optional.empty();
        }
        BigDecimal[] parts = new BigDecimal(matcher.group(1)).multiply(unit).divideAndRemainder(NANOS_PER_SECOND);
        if (parts[0].compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValue()));
    }

    /// Parses a number of bytes; a fraction of a byte is dropped. Empty if the text is not a number of
    /// bytes, or is larger than a `long`.
    static Optional<Long> bytes(String text) {
        Matcher matcher = AMOUNT.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Long factor = FACTORS.get(matcher.group(2));
        if (factor == null) {
            return Optional.empty();
        }
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(factor));
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? Optional.empty()
                : Optional.of(bytes.setScale(0, RoundingMode.FLOOR).longValueExact());
    }

    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis != 0 && millis % 86_400_000 == 0) {
            return count(millis / 86_400_000, "day");
        }
        if (millis != 0 && millis % 3_600_000 == 0) {
            return count(millis / 3_600_000, "hour");
        }
        if (millis != 0 && millis % 60_000 == 0) {
            return count(millis / 60_000, "minute");
        }
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    private static String count(long count, String unit) {
        return count + " " + unit + (count == 1 ? "" : "s");
    }

    static String text(long bytes) {
        if (bytes != 0 && bytes % (1L << 30) == 0) {
            return (bytes >> 30) + " GiB";
        }
        if (bytes != 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        return bytes != 0 && bytes % (1L << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
    }
}
