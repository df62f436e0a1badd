package dev.pier.server.meters;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What identifies a meter of an application: names as Prometheus has them.
///
/// @param name with the unit, without the suffixes of Prometheus
/// @param tags the labels without that of the application, sorted by name
record MeterKey(String application, MeterKind kind, String name, List<Label> tags) {
    private static final int MAX_NAME = 100;
    private static final int MAX_TAGS = 10;
    private static final int MAX_VALUE = 200;
    private static final String APPLICATION = "application";

    /// The first words of Pier's own metrics.
    private static final List<String> RESERVED =
            List.of("hikaricp", "http_server", "jvm", "pier", "process", "system", "websocket");

    /// Prometheus adds them to names, or takes them away.
    private static final List<String> SUFFIXES = List.of("total", "created", "bucket", "info");

    private static final Set<String> RESERVED_LABELS = Set.of(APPLICATION, "le", "quantile");

    /// The name and the value of a label.
    record Label(String name, String value) {}

    /// @throws IllegalArgumentException if a name is not valid or reserved, or a value is missing
    static MeterKey of(String application, MeterKind kind, String name, String... tags) {
        String its = name(name, null);
        for (String reserved : RESERVED) {
            if (its.startsWith(reserved)
                    && (its.length() == reserved.length() || its.charAt(reserved.length()) == '_')) {
                throw new IllegalArgumentException("the name " + name + " of a meter is one of Pier's own metrics ("
                        + reserved.replace('_', '.') + "): choose another first word");
            }
        }
        for (String suffix : SUFFIXES) {
            int before = its.length() - suffix.length() - 1;
            if (its.endsWith(suffix) && (before < 0 || its.charAt(before) == '_')) {
                throw new IllegalArgumentException("the name " + name + " of a meter ends with " + suffix
                        + ", which is a suffix of Prometheus: choose another last word");
            }
        }
        return new MeterKey(application, kind, kind.withUnit(its), labels(name, tags));
    }

    private static List<Label> labels(String meter, String... tags) {
        if (tags.length % 2 != 0) {
            throw new IllegalArgumentException("the tags of the meter " + meter
                    + " are names and values in turn, but the last name has no value: " + Arrays.toString(tags));
        }
        if (tags.length > 2 * MAX_TAGS) {
            throw new IllegalArgumentException(
                    "the meter " + meter + " has " + tags.length / 2 + " labels: at most " + MAX_TAGS + " are allowed");
        }
        Label[] labels = new Label[tags.length / 2];
        for (int i = 0; i < labels.length; i++) {
            String label = name(tags[2 * i], meter);
            if (RESERVED_LABELS.contains(label)) {
                throw new IllegalArgumentException(
                        "the meter " + meter + " cannot have a label " + label + ": Prometheus or Pier adds it");
            }
            labels[i] = new Label(label, value(meter, label, tags[2 * i + 1]));
        }
        Arrays.sort(labels, Comparator.comparing(Label::name));
        for (int i = 1; i < labels.length; i++) {
            if (labels[i].name().equals(labels[i - 1].name())) {
                throw new IllegalArgumentException("the meter " + meter + " has two labels " + labels[i].name());
            }
        }
        return List.of(labels);
    }

    private static String value(String meter, String label, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException("the label " + label + " of the meter " + meter + " has the value null");
        }
        if (value.length() <= MAX_VALUE) {
            return value;
        }
        return value.substring(0, Character.isHighSurrogate(value.charAt(MAX_VALUE - 1)) ? MAX_VALUE - 1 : MAX_VALUE);
    }

    /// A name as Prometheus has it.
    ///
    /// @param meter the meter of which it names a label; null for the name of a meter
    private static String name(@Nullable String name, @Nullable String meter) {
        if (name == null || name.length() > MAX_NAME || !isValid(name)) {
            throw new IllegalArgumentException("the name of "
                    + (meter == null ? "the meter" : "a label of the meter " + meter) + " is not valid: " + name
                    + "; it is words of letters, digits and underscores, each beginning with a letter, with dots between"
                    + " them, and up to " + MAX_NAME + " characters");
        }
        return name.replace('.', '_');
    }

    private static boolean isValid(String name) {
        boolean begins = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean continues = !begins && ((c >= '0' && c <= '9') || c == '_' || c == '.');
            if (!isLetter && !continues) {
                return false;
            }
            begins = c == '.';
        }
        return !begins;
    }

    /// The names that the meter takes at Prometheus.
    List<String> names() {
        return kind.names(name);
    }

    /// All labels, with that of the application.
    Tags micrometerTags() {
        return Tags.of(Stream.concat(
                        Stream.of(Tag.of(APPLICATION, application)),
                        tags.stream().map(label -> Tag.of(label.name(), label.value())))
                .toList());
    }
}
