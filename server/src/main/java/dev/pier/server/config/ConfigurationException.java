package dev.pier.server.config;

import java.util.List;

/// The configuration is wrong; every problem found in it, each a line that names file, line, key and what is allowed.
public final class ConfigurationException extends Exception {
    private final transient List<String> problems;

    ConfigurationException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
