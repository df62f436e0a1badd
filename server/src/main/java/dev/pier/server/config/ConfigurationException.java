package dev.pier.server.config;

import java.util.List;

/// The configuration is invalid. Holds every problem that was found, not only the first.
public final class ConfigurationException extends Exception {
    private final transient List<String> problems;

    ConfigurationException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /// The problems, one line each: file, line, key, and the values that are allowed.
    public List<String> problems() {
        return problems;
    }
}
