package dev.pier.server.config;

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

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18})(?:\\.(\\d{1,9}))?\\s*([A-Za-z]*)");

    private static final Map<String, Long> MILLIS = Map.ofEntries(
            Map.entry("ms", 1L),
            Map.entry("millis", 1L),
            Map.entry("milliseconds", 1L),
            Map.entry("s", 1_000L),
            Map.entry("second", 1_000L),
            Map.entry("seconds", 1_000L),
            Map.entry("m", 60_000L),
            Map.entry("minute", 60_000L),
            Map.entry("minutes", 60_000L),
            Map.entry("h", 3_600_000L),
            Map.entry("hour", 3_600_000L),
            Map.entry("hours", 3_600_000L),
            Map.entry("d", 86_400_000L),
            Map.entry("day", 86_400_000L),
            Map.entry("days", 86_400_000L));

    private static final Map<String, Long> FACTORS = Map.of(
            "B", 1L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "kB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L);

    private Units() {}

    /// A number and its unit. In `long`, because Java takes tens of milliseconds to load `BigDecimal`.
    ///
    /// @param billionths of the fraction
    private record Amount(long whole, long billionths, String unit) {
        static Optional<Amount> of(String text) {
            Matcher matcher = AMOUNT.matcher(text.strip());
            if (!matcher.matches()) {
                return Optional.empty();
            }
            String fraction = matcher.group(2) == null ? "" : matcher.group(2);
            return Optional.of(new Amount(
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(fraction + "0".repeat(9 - fraction.length())),
                    matcher.group(3)));
        }
    }

    /// Parses a duration. Empty if the text is not a duration, or is longer than 2³¹ − 1 seconds.
    static Optional<Duration> duration(String text) {
        return Amount.of(text).flatMap(amount -> {
            Long millis = MILLIS.get(amount.unit.toLowerCase(Locale.ROOT));
            return millis == null
                    ? Optional.empty()
                    : sum(amount.whole, millis * 1_000_000, amount.billionths * millis / 1_000)
                            .map(Duration::ofNanos)
                            .filter(duration -> duration.toSeconds() <= Integer.MAX_VALUE);
        });
    }

    /// Parses a number of bytes; a fraction of a byte is dropped. Empty if the text is not a number of
    /// bytes, or is larger than a `long`.
    static Optional<Long> bytes(String text) {
        return Amount.of(text).flatMap(amount -> {
            Long factor = FACTORS.get(amount.unit);
            return factor == null
                    ? Optional.empty()
                    : sum(amount.whole, factor, amount.billionths * factor / 1_000_000_000);
        });
    }

    /// `whole * factor + rest`; empty if that is larger than a `long`.
    private static Optional<Long> sum(long whole, long factor, long rest) {
        try {
            return Optional.of(Math.addExact(Math.multiplyExact(whole, factor), rest));
        } catch (ArithmeticException _) {
            return Optional.empty();
        }
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
