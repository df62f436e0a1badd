package dev.pier.server.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One `name { … }` of `server.conf`, read key by key with its bounds.
///
/// Reading never throws: what is wrong is noted with file, line, key and what is allowed, the default is given
/// instead, and the server refuses to start once everything has been read, with all problems at once. Keys that
/// nobody reads are problems too. For one thread.
public final class Section {
    // A plugin's author may forget to call secret(); these are hidden all the same.
    private static final Pattern SECRET = Pattern.compile(".*(cookie|password|passphrase|secret|token)");

    private final ConfigAudit audit;
    private final Path folder;
    private final String key;
    private final String pattern;
    private final @Nullable ConfigObject values;
    private final Map<String, Section> opened = new HashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private boolean namesAreFree;

    /// @param folder the folder of `server.conf`, for paths that stand in no file
    /// @param key the whole key of this section; empty for the whole file
    /// @param values what stands in it; null if the section is absent
    Section(ConfigAudit audit, Path folder, String key, String pattern, @Nullable ConfigObject values) {
        this.audit = audit;
        this.folder = folder;
        this.key = key;
        this.pattern = pattern;
        this.values = values;
        audit.opened(this);
    }

    /// Whether the key stands in the file.
    public boolean has(String key) {
        known.add(key);
        return value(key) != null;
    }

    /// A section inside this one; an empty one if it is absent.
    public Section section(String key) {
        known.add(key);
        return opened.computeIfAbsent(key, _ -> open(key, dotted(pattern, key)));
    }

    /// The sections inside a section whose names the operator chooses, in the order of the file.
    public SequencedMap<String, Section> sections(String key) {
        Section parent = section(key);
        parent.namesAreFree = true;
        SequencedMap<String, Section> sections = new LinkedHashMap<>();
        if (parent.values != null) {
            parent.values.entrySet().stream()
                    .sorted(Comparator.comparingInt(
                            entry -> entry.getValue().origin().lineNumber()))
                    .map(Map.Entry::getKey)
                    .forEach(name -> sections.put(
                            name,
                            parent.opened.computeIfAbsent(
                                    name, _ -> parent.open(name, dotted(parent.pattern, "<name>")))));
        }
        return sections;
    }

    private Section open(String child, String childPattern) {
        ConfigValue value = value(child);
        if (value != null && !(value instanceof ConfigObject)) {
            problem(child, shown(child, value) + " is not a section; write " + child + " { … }");
        }
        return new Section(
                audit,
                folder,
                dotted(key, child),
                childPattern,
                value instanceof ConfigObject object ? object : null);
    }

    public String string(String key, String defaultValue) {
        return read(key, "text", null, null, defaultValue, Optional::of, Function.identity(), "text");
    }

    public Optional<String> string(String key) {
        return optional(key, "text", Optional::of, "text");
    }

    /// A text that is never shown: neither by `pier check` nor in a problem. The file it stands in must be its owner's
    /// alone.
    public Optional<String> secret(String key) {
        requireOwnersFile(key);
        return optional(key, "secret", Optional::of, "text");
    }

    private void requireOwnersFile(String key) {
        ConfigValue value = value(key);
        if (value == null) {
            return;
        }
        String file = value.origin().filename();
        // A value from the environment has no line of a file.
        if (file == null || value.origin().lineNumber() < 0) {
            return;
        }
        try {
            FilePermissions.problem(Path.of(file))
                    .ifPresent(complaint -> problem(key, "a secret stands here, and the file " + complaint));
        } catch (IOException e) {
            problem(key, "a secret stands here, and the file's permissions cannot be read: " + e.getMessage());
        }
    }

    /// A list of texts, `[ a, b ]`; empty if the key is absent.
    public List<String> strings(String key) {
        known.add(key);
        ConfigValue value = value(key);
        List<String> texts = List.of();
        if (value instanceof ConfigList list && list.stream().allMatch(Section::isScalar)) {
            texts = list.stream()
                    .map(element -> String.valueOf(element.unwrapped()))
                    .toList();
        } else if (value != null) {
            problem(key, shown(key, value) + " is not a list of texts; write [ \"a\", \"b\" ]");
        }
        String text = texts.isEmpty() ? null : isSecret(key) ? Setting.HIDDEN : String.join(", ", texts);
        remember(key, "list", null, null, null, text, value);
        return texts;
    }

    public int integer(String key, int defaultValue, int min, int max) {
        return read(key, "number", min, max, defaultValue, Section::toInteger, String::valueOf, "a whole number");
    }

    /// A length of time with a unit: `500 ms`, `5s`, `2 minutes`. A number without a unit is refused.
    public Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        String allowed = "a length of time with a unit (" + Units.DURATIONS + ")";
        return read(key, "duration", min, max, defaultValue, Units::duration, Units::text, allowed);
    }

    /// A number of bytes with a unit: `64 KiB`, `8 MiB`. A number without a unit is refused.
    public long bytes(String key, long defaultValue, long min, long max) {
        String allowed = "a number of bytes with a unit (" + Units.BYTES + ")";
        return read(key, "bytes", min, max, defaultValue, Units::bytes, Units::text, allowed);
    }

    public boolean flag(String key, boolean defaultValue) {
        return read(key, "true or false", null, null, defaultValue, Section::toFlag, String::valueOf, "true or false");
    }

    /// One of an enum's constants, written in lower case with hyphens: `eager`, `at-first-use`.
    public <E extends Enum<E>> E choice(String key, E defaultValue) {
        E[] constants = defaultValue.getDeclaringClass().getEnumConstants();
        String words =
                String.join(", ", Arrays.stream(constants).map(Section::word).toList());
        return read(
                key,
                words,
                null,
                null,
                defaultValue,
                text -> Arrays.stream(constants)
                        .filter(constant -> word(constant).equals(text))
                        .findFirst(),
                Section::word,
                "one of " + words);
    }

    /// A path; a relative one is taken from the folder of the file it stands in, or, if it comes from the environment
    /// or the command line, from the working directory. `~/` is the user's home.
    public Optional<Path> path(String key) {
        return optional(key, "path", text -> toPath(key, text), "a path");
    }

    /// A path with a default, which is taken from the folder of `server.conf`.
    public Path path(String key, String defaultValue) {
        known.add(key);
        ConfigValue value = value(key);
        Optional<Path> path =
                value == null ? Optional.empty() : scalar(key, value, "a path").flatMap(t -> toPath(key, t));
        Path result = path.orElseGet(() -> folder.resolve(defaultValue).normalize());
        remember(key, "path", null, null, defaultValue, result.toString(), value);
        return result;
    }

    /// Notes a problem with a key that only its reader can see. The sentence says what is wrong and what is allowed.
    public void problem(String key, String sentence) {
        ConfigOrigin origin = origin(key);
        if (origin == null) {
            audit.problem(dotted(this.key, key), sentence);
        } else {
            audit.problem(origin, dotted(this.key, key), sentence);
        }
    }

    void reportUnreadKeys() {
        if (values == null || namesAreFree) {
            return;
        }
        values.entrySet().stream()
                .filter(entry -> !known.contains(entry.getKey()))
                .sorted(Comparator.comparingInt(
                        entry -> entry.getValue().origin().lineNumber()))
                .forEach(entry -> problem(entry.getKey(), unknown(entry.getKey())));
    }

    private String unknown(String name) {
        String allowed =
                "allowed here: " + String.join(", ", known.stream().sorted().toList());
        return "there is no such setting; "
                + Suggestion.of(name, known)
                        .map(meant -> "did you mean " + meant + "? ")
                        .orElse("")
                + allowed;
    }

    private <T extends Comparable<? super T>> T read(
            String key,
            String unit,
            @Nullable T min,
            @Nullable T max,
            T defaultValue,
            Function<String, Optional<T>> parser,
            Function<T, String> printer,
            String allowed) {
        known.add(key);
        ConfigValue value = value(key);
        String range = min == null || max == null
                ? allowed
                : allowed + " from " + printer.apply(min) + " to " + printer.apply(max);
        T result = defaultValue;
        if (value != null) {
            Optional<T> parsed = scalar(key, value, range).flatMap(text -> {
                Optional<T> found = parser.apply(text).filter(it -> within(it, min, max));
                if (found.isEmpty()) {
                    problem(key, shown(key, value) + " is not allowed; allowed is " + range);
                }
                return found;
            });
            result = parsed.orElse(defaultValue);
        }
        remember(
                key,
                unit,
                min == null ? null : printer.apply(min),
                max == null ? null : printer.apply(max),
                printer.apply(defaultValue),
                isSecret(key) ? Setting.HIDDEN : printer.apply(result),
                value);
        return result;
    }

    private static <T extends Comparable<? super T>> boolean within(T value, @Nullable T min, @Nullable T max) {
        return (min == null || value.compareTo(min) >= 0) && (max == null || value.compareTo(max) <= 0);
    }

    private <T> Optional<T> optional(String key, String unit, Function<String, Optional<T>> parser, String allowed) {
        known.add(key);
        ConfigValue value = value(key);
        Optional<T> result =
                value == null ? Optional.empty() : scalar(key, value, allowed).flatMap(parser);
        boolean hidden = unit.equals("secret") || isSecret(key);
        String text = result.map(it -> hidden ? Setting.HIDDEN : it.toString()).orElse(null);
        remember(key, unit, null, null, null, text, value);
        return result;
    }

    private Optional<String> scalar(String key, ConfigValue value, String allowed) {
        if (!isScalar(value)) {
            String kind = value instanceof ConfigList ? "a list" : "a section";
            problem(key, kind + " is not allowed; allowed is " + allowed);
            return Optional.empty();
        }
        return Optional.of(String.valueOf(value.unwrapped()));
    }

    private static boolean isScalar(ConfigValue value) {
        return !(value instanceof ConfigObject) && !(value instanceof ConfigList);
    }

    private void remember(
            String key,
            String unit,
            @Nullable String min,
            @Nullable String max,
            @Nullable String defaultValue,
            @Nullable String text,
            @Nullable ConfigValue value) {
        audit.read(new Setting(
                dotted(this.key, key),
                dotted(pattern, key),
                unit,
                Optional.ofNullable(min),
                Optional.ofNullable(max),
                Optional.ofNullable(defaultValue),
                Optional.ofNullable(text),
                Optional.ofNullable(value).map(it -> audit.location(it.origin()))));
    }

    private Optional<Path> toPath(String key, String text) {
        try {
            if (text.isBlank()) {
                problem(key, "the path is empty");
                return Optional.empty();
            }
            if (text.startsWith("~/")) {
                return Optional.of(Path.of(System.getProperty("user.home"), text.substring(2)));
            }
            Path path = Path.of(text);
            ConfigOrigin origin = origin(key);
            if (origin == null || origin.lineNumber() < 0) {
                return Optional.of(path.toAbsolutePath().normalize());
            }
            Path file = origin.filename() == null
                    ? null
                    : Path.of(origin.filename()).toAbsolutePath();
            Path base = file == null || file.getParent() == null ? folder : file.getParent();
            return Optional.of(base.resolve(path).normalize());
        } catch (InvalidPathException e) {
            problem(key, "not a path: " + e.getReason());
            return Optional.empty();
        }
    }

    private @Nullable ConfigValue value(String key) {
        ConfigValue value = values == null ? null : values.get(key);
        return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
    }

    private @Nullable ConfigOrigin origin(String key) {
        ConfigValue value = value(key);
        return value != null ? value.origin() : values == null ? null : values.origin();
    }

    private static String shown(String key, ConfigValue value) {
        return isSecret(key) ? "the value" : isScalar(value) ? "\"" + value.unwrapped() + "\"" : "this";
    }

    private static boolean isSecret(String key) {
        return SECRET.matcher(key).matches();
    }

    private static Optional<Integer> toInteger(String text) {
        try {
            return Optional.of(Integer.valueOf(text.strip()));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static Optional<Boolean> toFlag(String text) {
        return switch (text.strip()) {
            case "true", "yes", "on" -> Optional.of(true);
            case "false", "no", "off" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String dotted(String parent, String key) {
        return parent.isEmpty() ? key : parent + "." + key;
    }
}
