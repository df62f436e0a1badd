package dev.pier.spring.boot;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/// Checks of values below `pier.erlang`. A value that fails stops the start, with the name of its property.
final class Checked {
    private Checked() {}

    /// Runs code that refuses a bad value with a sentence.
    ///
    /// @param key the property, below `pier.erlang`
    static void set(String key, Runnable setting) {
        try {
            setting.run();
        } catch (IllegalArgumentException e) {
            throw ErlangStartException.of(key, String.valueOf(e.getMessage()), e);
        }
    }

    static int number(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw ErlangStartException.of(key, value + " is out of bounds; expected " + min + " to " + max);
        }
        return value;
    }

    /// @param value `null` for the default
    /// @param fallback is used as it is
    static long bytes(String key, @Nullable DataSize value, long fallback, long min, long max) {
        if (value == null) {
            return fallback;
        }
        if (value.toBytes() < min || value.toBytes() > max) {
            throw ErlangStartException.of(key, value + " is out of bounds; expected " + min + " B to " + max + " B");
        }
        return value.toBytes();
    }

    /// A path, in which `~/` is the home of the user.
    static Path path(Path given) {
        return given.startsWith("~")
                ? Path.of(System.getProperty("user.home")).resolve(Path.of("~").relativize(given))
                : given;
    }

    /// Refuses a property that is given together with another one.
    static void notBoth(String key, boolean given, String other, boolean otherGiven) {
        if (given && otherGiven) {
            throw ErlangStartException.of(key, "is given together with " + other + ": use one of the two");
        }
    }
}
