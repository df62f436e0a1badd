package dev.pier.server.config;

import java.util.Optional;

/// One setting as it was read: what `pier check` prints, and what docs/settings.md is compared with.
///
/// @param key the whole key, such as `http.port`
/// @param pattern the key with `<name>` for each part that the operator chooses
/// @param unit what the value is: `number`, `duration`, `bytes`, `text`, `path`, `secret`, `list`, `true or false`, or
///     the words that are allowed
/// @param minimum the least value allowed, where there is one
/// @param maximum the greatest value allowed, where there is one
/// @param defaultValue what holds if the key is absent, where there is a default
/// @param value what holds now, unless there is nothing; a secret is never shown
/// @param origin where the value comes from; empty for a default
public record Setting(
        String key,
        String pattern,
        String unit,
        Optional<String> minimum,
        Optional<String> maximum,
        Optional<String> defaultValue,
        Optional<String> value,
        Optional<String> origin) {

    static final String HIDDEN = "(hidden)";

    /// Its row in the table of docs/settings.md, without the last cell, which says what it means.
    public String row() {
        return "| `" + pattern + "` | " + unit + " |" + cell(minimum) + cell(maximum) + cell(defaultValue);
    }

    private static String cell(Optional<String> text) {
        return text.map(it -> " `" + it + "` |").orElse(" |");
    }
}
