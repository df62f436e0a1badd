package dev.pier.server.config;

import com.typesafe.config.ConfigOrigin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Records the settings that were read from one configuration, the problems, and the sections that were opened.
///
/// *Threads.* For one thread.
final class ConfigAudit {
    private final String file;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final List<Section> sections = new ArrayList<>();

    private final Secrets secrets = new Secrets();

    /// @param file the name of the main file, for problems without a line
    ConfigAudit(String file) {
        this.file = file;
    }

    /// The secrets of the configuration, which no problem shows.
    Secrets secrets() {
        return secrets;
    }

    void addSection(Section section) {
        sections.add(section);
    }

    /// Adds a setting; the first reading of a key counts.
    void addSetting(Setting setting) {
        settings.putIfAbsent(setting.key(), setting);
    }

    void addProblem(ConfigOrigin origin, String key, String message) {
        addProblem(location(origin) + ": " + (key.isEmpty() ? "" : key + ": ") + message);
    }

    /// Adds a problem with a key that is in no file.
    void addProblem(String key, String message) {
        addProblem(file + ": " + key + ": " + message);
    }

    private void addProblem(String problem) {
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    /// `file:line`, or the description of an origin outside files.
    String location(ConfigOrigin origin) {
        if (origin.lineNumber() < 0) {
            return origin.description();
        }
        String name = origin.filename() == null ? file : origin.filename();
        return name + ":" + origin.lineNumber();
    }

    List<Setting> settings() {
        return List.copyOf(settings.values());
    }

    /// All problems, including the keys in opened sections that were never read.
    List<String> problems() {
        sections.forEach(Section::reportUnreadKeys);
        return List.copyOf(problems);
    }
}
