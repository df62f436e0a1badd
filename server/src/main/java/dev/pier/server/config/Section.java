package dev.pier.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SequencedMap;

/// One `name { … }` of `server.conf`, read key by key with its bounds.
///
/// Reading never throws: what is wrong is noted with file, line, key and what is allowed, the default is given
/// instead, and the server refuses to start once everything has been read, with all problems at once. Keys that
/// nobody reads are problems too. For one thread.
@SuppressWarnings("DoNotCallSuggester")
public final class Section {
    /// Whether the key stands in the file.
    public boolean has(String key) {
        throw new UnsupportedOperationException(key);
    }

    /// A section inside this one; an empty one if it is absent.
    public Section section(String key) {
        throw new UnsupportedOperationException(key);
    }

    /// The sections inside a section whose names the operator chooses, in the order of the file.
    public SequencedMap<String, Section> sections(String key) {
        throw new UnsupportedOperationException(key);
    }

    public String string(String key, String defaultValue) {
        throw new UnsupportedOperationException(key + defaultValue);
    }

    public Optional<String> string(String key) {
        throw new UnsupportedOperationException(key);
    }

    public int integer(String key, int defaultValue, int min, int max) {
        throw new UnsupportedOperationException(key + defaultValue + min + max);
    }

    /// A length of time with a unit: `500 ms`, `5s`, `2 minutes`. A number without a unit is refused.
    public Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        throw new UnsupportedOperationException(key + defaultValue + min + max);
    }

    /// A number of bytes with a unit: `64 KiB`, `8 MiB`. A number without a unit is refused.
    public long bytes(String key, long defaultValue, long min, long max) {
        throw new UnsupportedOperationException(key + defaultValue + min + max);
    }

    public boolean flag(String key, boolean defaultValue) {
        throw new UnsupportedOperationException(key + defaultValue);
    }

    /// One of an enum's constants, written in lower case with hyphens: `eager`, `at-first-use`.
    public <E extends Enum<E>> E choice(String key, E defaultValue) {
        throw new UnsupportedOperationException(key + defaultValue);
    }

    /// A path; a relative one is taken from the folder of the file it stands in. `~/` is the user's home.
    public Optional<Path> path(String key) {
        throw new UnsupportedOperationException(key);
    }

    /// Notes a problem with a key that only its reader can see. The sentence says what is wrong and what is allowed.
    public void problem(String key, String sentence) {
        throw new UnsupportedOperationException(key + sentence);
    }
}
