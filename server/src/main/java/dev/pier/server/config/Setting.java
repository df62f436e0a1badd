package dev.pier.server.config;

import org.jspecify.annotations.Nullable;

/// One setting as it was read. `pier check` prints it, and the tests compare it with `docs/settings.md`.
///
/// @param key the whole key, such as `http.port`
/// @param pattern the key with `<name>` for each part that the operator chooses
/// @param unit the kind of value: `number`, `duration`, `bytes`, `text`, `path`, `secret`, `list`, `true or false`,
///     or the allowed words
/// @param minimum the smallest allowed value; null if there is none
/// @param maximum the largest allowed value; null if there is none
/// @param defaultValue the value if the key is absent; null if there is none
/// @param value the effective value; null if there is none. A secret is replaced by `(hidden)`
/// @param origin the source of the value; null for a default
public record Setting(
        String key,
        String pattern,
        String unit,
        @Nullable String minimum,
        @Nullable String maximum,
        @Nullable String defaultValue,
        @Nullable String value,
        @Nullable String origin) {

    static final String HIDDEN = "(hidden)";

    /// The row of this setting in the tables of `docs/settings.md`, without the last cell, the meaning.
    public String row() {
        return "| `" + pattern + "` | " + unit + " |" + cell(minimum) + cell(maximum) + cell(defaultValue);
    }

    /// The effective value for people.
    public String shownValue() {
        return value == null ? "(none)" : value;
    }

    /// The source of the value for people.
    public String shownOrigin() {
        return origin == null ? "default" : origin;
    }

    private static String cell(@Nullable String text) {
        return text == null ? " |" : " `" + text + "` |";
    }
}
