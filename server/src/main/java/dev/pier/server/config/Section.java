package dev.pier.server.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.pier.pem.SecretFile;
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
import org.jspecify.annotations.Nullable;

/// One section, `name { … }`, of `server.conf`: the only view of the configuration that a plugin gets. Each setting
/// is read with its unit, default and bounds.
///
/// *Errors.* Reading never throws for an invalid value. The problem is noted with file, line, key and allowed values,
/// and the method returns the default, or an empty value if there is none. After all sections have been read, the
/// server refuses to start and prints every problem. A key in the file that no code reads is a problem too.
///
/// *Bounds.* A minimum and a maximum are both allowed values.
///
/// *Threads.* For one thread: the one that runs `ServerPlugin.configure`.
public final class Section {
    private final ConfigAudit audit;
    private final Path folder;
    private final String key;
    private final String pattern;
    private final @Nullable ConfigObject values;
    private final Map<String, Section> children = new HashMap<>();
    private final Set<String> readKeys = new LinkedHashSet<>();
    /// Whether the operator chooses the keys of this section, so that every key is allowed.
    private boolean freeNames;

    /// @param folder the folder of `server.conf`, the base of default paths
    /// @param key the whole key of this section; empty for the root
    /// @param pattern the key with `<name>` for each part that the operator chooses
    /// @param values the contents; null if the file does not have the section
    Section(ConfigAudit audit, Path folder, String key, String pattern, @Nullable ConfigObject values) {
        this.audit = audit;
        this.folder = folder;
        this.key = key;
        this.pattern = pattern;
        this.values = values;
        audit.addSection(this);
    }

    /// Whether the file (or the environment or the command line) sets `key` to a value other than `null`.
    public boolean has(String key) {
        readKeys.add(key);
        return value(key) != null;
    }

    /// The section `key` inside this one; an empty section if the file does not have it.
    public Section section(String key) {
        readKeys.add(key);
        return children.computeIfAbsent(key, _ -> open(key, dotted(pattern, key)));
    }

    /// The sections inside the section `key`, whose names the operator chooses, by name and in the order of the
    /// file. Empty if the file does not have any.
    public SequencedMap<String, Section> sections(String key) {
        return section(key).sections();
    }

    /// The sections inside this one, whose names the operator chooses, by name and in the order of the file. Empty if
    /// the file does not have any.
    public SequencedMap<String, Section> sections() {
        freeNames = true;
        SequencedMap<String, Section> sections = new LinkedHashMap<>();
        if (values != null) {
            values.entrySet().stream()
                    .sorted(Comparator.comparingInt(
                            entry -> entry.getValue().origin().lineNumber()))
                    .map(Map.Entry::getKey)
                    .forEach(name -> sections.put(
                            name, children.computeIfAbsent(name, _ -> open(name, dotted(pattern, "<name>")))));
        }
        return sections;
    }

    /// The texts of the section `key`, whose keys the operator chooses. A section inside it stands for a key with dots:
    /// `a { b = x }`, `a.b = x` and `"a.b" = x` are the same.
    public SequencedMap<String, String> texts(String key) {
        Section parent = section(key);
        parent.freeNames = true;
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        if (parent.values != null) {
            parent.values.toConfig().entrySet().stream()
                    .sorted(Comparator.comparingInt(
                            entry -> entry.getValue().origin().lineNumber()))
                    .forEach(entry -> {
                        String name = String.join(".", ConfigUtil.splitPath(entry.getKey()));
                        parent.scalar(name, entry.getValue(), "text").ifPresent(text -> texts.put(name, text));
                    });
        }
        List<String> shown = texts.entrySet().stream()
                .map(entry ->
                        entry.getKey() + "=" + (Secrets.isSecret(entry.getKey()) ? Setting.HIDDEN : entry.getValue()))
                .toList();
        record(key, "texts", null, null, null, shown.isEmpty() ? null : String.join(", ", shown), value(key));
        return texts;
    }

    private Section open(String child, String childPattern) {
        ConfigValue value = value(child);
        if (value != null && !(value instanceof ConfigObject)) {
            problem(child, invalid(child, value) + ": expected a section, " + child + " { … }");
        }
        return new Section(
                audit, folder, dotted(key, child), childPattern, value instanceof ConfigObject object ? object : null);
    }

    /// A text. Numbers and booleans in the file are taken as text.
    public String string(String key, String defaultValue) {
        return read(key, "text", null, null, defaultValue, Optional::of, Function.identity(), "text");
    }

    /// A text without a default; empty if the key is absent.
    public Optional<String> string(String key) {
        return optional(key, "text", Optional::of, "text");
    }

    /// A text that neither `pier check` nor a problem shows; empty if the key is absent. If the value is in a file
    /// that group or others can read or write, that is a problem. A value from the environment is accepted.
    public Optional<String> secret(String key) {
        checkFilePermissions(key);
        return optional(key, "secret", Optional::of, "text");
    }

    private void checkFilePermissions(String key) {
        ConfigValue value = value(key);
        if (value == null) {
            return;
        }
        String file = value.origin().filename();
        // A value from the environment has no line in a file.
        if (file == null || value.origin().lineNumber() < 0) {
            return;
        }
        try {
            SecretFile.accessProblem(Path.of(file))
                    .ifPresent(problem -> problem(key, "the file with this secret " + problem));
        } catch (IOException e) {
            problem(key, "cannot read the permissions of the file with this secret: " + e.getMessage());
        }
    }

    /// A list of texts, written `[ a, b ]`; empty if the key is absent.
    public List<String> strings(String key) {
        readKeys.add(key);
        ConfigValue value = value(key);
        List<String> texts = List.of();
        if (value instanceof ConfigList list && list.stream().allMatch(Section::isScalar)) {
            texts = list.stream()
                    .map(element -> String.valueOf(element.unwrapped()))
                    .toList();
        } else if (value != null) {
            problem(key, invalid(key, value) + ": expected a list of texts, [ \"a\", \"b\" ]");
        }
        String text = texts.isEmpty() ? null : Secrets.isSecret(key) ? Setting.HIDDEN : String.join(", ", texts);
        record(key, "list", null, null, null, text, value);
        return texts;
    }

    /// A whole number from `min` to `max`.
    public int integer(String key, int defaultValue, int min, int max) {
        return read(key, "number", min, max, defaultValue, Section::toInteger, String::valueOf, "a whole number");
    }

    /// A duration from `min` to `max`, written with a unit: `500 ms`, `5s`, `2 minutes`, `1.5 hours`. A number
    /// without a unit is invalid.
    public Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        String allowed = "a duration with a unit (" + Units.DURATIONS + ")";
        return read(key, "duration", min, max, defaultValue, Units::duration, Units::text, allowed);
    }

    /// A number of bytes from `min` to `max`, written with a unit: `64 KiB` (1,024 bytes each), `8 MB` (1,000,000
    /// bytes each). A number without a unit is invalid; a fraction of a byte is dropped.
    ///
    /// @return the number of bytes
    public long bytes(String key, long defaultValue, long min, long max) {
        String allowed = "a number of bytes with a unit (" + Units.BYTES + ")";
        return read(key, "bytes", min, max, defaultValue, Units::bytes, Units::text, allowed);
    }

    /// A boolean, written `true`, `yes`, `on`, `false`, `no` or `off`.
    public boolean flag(String key, boolean defaultValue) {
        return read(key, "true or false", null, null, defaultValue, Section::toFlag, String::valueOf, "true or false");
    }

    /// A constant of an enum, written in lower case with hyphens: `AT_FIRST_USE` as `at-first-use`.
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

    /// A path without a default; empty if the key is absent. A relative path starts at the folder of the file that
    /// sets it, or at the working directory if the environment or the command line sets it. `~/` stands for the
    /// user's home. The file system is not checked.
    public Optional<Path> path(String key) {
        return optional(key, "path", text -> toPath(key, text), "a path");
    }

    /// A path as in [#path(String)]. A relative default starts at the folder of `server.conf`.
    public Path path(String key, String defaultValue) {
        readKeys.add(key);
        ConfigValue value = value(key);
        Optional<Path> path =
                value == null ? Optional.empty() : scalar(key, value, "a path").flatMap(t -> toPath(key, t));
        Path result = path.orElseGet(() -> folder.resolve(defaultValue).normalize());
        record(key, "path", null, null, defaultValue, result.toString(), value);
        return result;
    }

    /// Notes a problem that only the reader of the setting can detect, such as a conflict between two settings.
    ///
    /// @param message the problem and the allowed values, without file and key, which are added
    public void problem(String key, String message) {
        ConfigOrigin origin = origin(key);
        String shown = quotesSecret(key, message) ? "invalid value (not shown: it may have a secret in it)" : message;
        if (origin == null) {
            audit.addProblem(dotted(this.key, key), shown);
        } else {
            audit.addProblem(origin, dotted(this.key, key), shown);
        }
    }

    /// Whether a message quotes a value that may have a secret in it, because a quotation mark is missing.
    private boolean quotesSecret(String key, String message) {
        ConfigValue value = value(key);
        return value != null
                && (message.indexOf('\'') >= 0 || message.indexOf('"') >= 0)
                && audit.secrets().swallowedBy(String.valueOf(value.unwrapped()));
    }

    void reportUnreadKeys() {
        if (values == null || freeNames) {
            return;
        }
        values.entrySet().stream()
                .filter(entry -> !readKeys.contains(entry.getKey()))
                .sorted(Comparator.comparingInt(
                        entry -> entry.getValue().origin().lineNumber()))
                .forEach(this::reportUnread);
    }

    /// The text after a comma in a secret without quotes looks like a key, and so does a secret whose equals sign
    /// is missing.
    private void reportUnread(Map.Entry<String, ConfigValue> entry) {
        String name = entry.getKey();
        if (Suggestion.of(name, readKeys).isEmpty() && (Secrets.mayBeInKey(name) || isBesideSecret(entry))) {
            audit.addProblem(
                    entry.getValue().origin(),
                    key,
                    "unknown setting beside a secret. Its name is not shown; put the secret into double quotes");
        } else {
            problem(name, unknown(name));
        }
    }

    private boolean isBesideSecret(Map.Entry<String, ConfigValue> entry) {
        String place = entry.getValue().origin().description();
        return values != null
                && values.entrySet().stream()
                        .filter(it ->
                                Secrets.isSecret(it.getKey()) && !it.getKey().equals(entry.getKey()))
                        .anyMatch(it -> it.getValue().origin().description().equals(place));
    }

    private String unknown(String name) {
        String suggestion = Suggestion.of(name, readKeys)
                .map(similar -> " (did you mean " + similar + "?)")
                .orElse("");
        return "unknown setting" + suggestion + "; known here: "
                + String.join(", ", readKeys.stream().sorted().toList());
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
        readKeys.add(key);
        ConfigValue value = value(key);
        String range = min == null || max == null
                ? allowed
                : allowed + " from " + printer.apply(min) + " to " + printer.apply(max);
        T result = defaultValue;
        if (value != null) {
            Optional<T> parsed = scalar(key, value, range).flatMap(text -> {
                Optional<T> found = parser.apply(text).filter(it -> within(it, min, max));
                if (found.isEmpty()) {
                    problem(key, invalid(key, value) + ": expected " + range);
                }
                return found;
            });
            result = parsed.orElse(defaultValue);
        }
        record(
                key,
                unit,
                min == null ? null : printer.apply(min),
                max == null ? null : printer.apply(max),
                printer.apply(defaultValue),
                Secrets.isSecret(key) ? Setting.HIDDEN : printer.apply(result),
                value);
        return result;
    }

    private static <T extends Comparable<? super T>> boolean within(T value, @Nullable T min, @Nullable T max) {
        return (min == null || value.compareTo(min) >= 0) && (max == null || value.compareTo(max) <= 0);
    }

    private <T> Optional<T> optional(String key, String unit, Function<String, Optional<T>> parser, String allowed) {
        readKeys.add(key);
        ConfigValue value = value(key);
        Optional<T> result =
                value == null ? Optional.empty() : scalar(key, value, allowed).flatMap(parser);
        boolean hidden = unit.equals("secret") || Secrets.isSecret(key);
        String text = result.map(it -> hidden ? Setting.HIDDEN : it.toString()).orElse(null);
        record(key, unit, null, null, null, text, value);
        return result;
    }

    private Optional<String> scalar(String key, ConfigValue value, String allowed) {
        if (!isScalar(value)) {
            problem(key, invalid(key, value) + ": expected " + allowed);
            return Optional.empty();
        }
        return Optional.of(String.valueOf(value.unwrapped()));
    }

    private static boolean isScalar(ConfigValue value) {
        return !(value instanceof ConfigObject) && !(value instanceof ConfigList);
    }

    private void record(
            String key,
            String unit,
            @Nullable String min,
            @Nullable String max,
            @Nullable String defaultValue,
            @Nullable String text,
            @Nullable ConfigValue value) {
        audit.addSetting(new Setting(
                dotted(this.key, key),
                dotted(pattern, key),
                unit,
                min,
                max,
                defaultValue,
                text,
                value == null ? null : audit.location(value.origin())));
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
            problem(key, "invalid path: " + e.getReason());
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

    private String invalid(String key, ConfigValue value) {
        if (value instanceof ConfigList) {
            return "invalid value (a list)";
        }
        if (value instanceof ConfigObject) {
            return "invalid value (a section)";
        }
        String text = String.valueOf(value.unwrapped());
        return Secrets.isSecret(key) || audit.secrets().mayBeIn(text)
                ? "invalid value"
                : "invalid value \"" + text + "\"";
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
