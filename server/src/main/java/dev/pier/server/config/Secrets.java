package dev.pier.server.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The secrets of a configuration, recognized by the words that keys for them have.
///
/// *Threads.* For one thread.
final class Secrets {
    private static final Pattern WORDS =
            Pattern.compile("cookie|password|passphrase|secret|token", Pattern.CASE_INSENSITIVE);

    private static final Pattern KEY = Pattern.compile(".*(" + WORDS + ")", Pattern.CASE_INSENSITIVE);

    /// A value that goes on after the name of a secret, as one does that lacks its closing quotation mark.
    private static final Pattern SWALLOWED = Pattern.compile(
            "(" + WORDS + ")[^a-z0-9_/.-].*[^\\s}]|\\s\\S*(" + WORDS + ")[^\\s}]",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /// A key that goes on after the name of a secret.
    private static final Pattern LONGER_KEY = Pattern.compile(".*(" + WORDS + ").+", Pattern.CASE_INSENSITIVE);

    /// A shorter text may be a part of many others.
    private static final int MIN_LENGTH = 4;

    private final Set<String> values = new TreeSet<>();

    /// Whether the value of a key is hidden, even if the code that reads it does not know that it is a secret.
    static boolean isSecret(String key) {
        return KEY.matcher(key).matches();
    }

    /// Whether a key that no section has may have a secret in it.
    static boolean mayBeInKey(String key) {
        return LONGER_KEY.matcher(key).matches();
    }

    /// Adds all secrets in a section and its subsections.
    void add(ConfigObject section) {
        for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
            ConfigValue value = entry.getValue();
            if (value instanceof ConfigObject subsection) {
                add(subsection);
            } else if (isSecret(entry.getKey()) && value.valueType() == ConfigValueType.STRING) {
                values.add(String.valueOf(value.unwrapped()));
            }
        }
    }

    /// Whether a text may contain a secret: one that is referred to, or one whose key is in the text too, because a
    /// line break or an equals sign was forgotten.
    boolean mayBeIn(String text) {
        return WORDS.matcher(text).find() || hasValueIn(text);
    }

    /// Whether a text has a secret in it, or the key of one and more after it. A path may end with such a word.
    boolean swallowedBy(String text) {
        return SWALLOWED.matcher(text).find() || hasValueIn(text);
    }

    private boolean hasValueIn(String text) {
        return values.stream().anyMatch(it -> it.length() >= MIN_LENGTH && text.contains(it));
    }
}
