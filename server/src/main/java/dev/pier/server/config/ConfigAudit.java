package dev.pier.server.config;

import com.typesafe.config.ConfigOrigin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What has been read from one configuration so far: the settings, the problems, and the sections that were opened.
/// For one thread.
final class ConfigAudit {
    private final String file;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final List<Section> sections = new ArrayList<>();

    ConfigAudit(String file) {
        this.file = file;
    }

    void opened(Section section) {
        sections.add(section);
    }

    void read(Setting setting) {
        settings.putIfAbsent(setting.key(), setting);
    }

    /// Notes a problem at a place in a file.
    void problem(ConfigOrigin origin, String key, String sentence) {
        note(location(origin) + ": " + key + ": " + sentence);
    }

    /// Notes a problem with something that stands nowhere.
    void problem(String key, String sentence) {
        note(file + ": " + key + ": " + sentence);
    }

    private void note(String problem) {
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

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

    /// The problems, those of keys that nobody has read among them.
    List<String> problems() {
        sections.forEach(Section::reportUnreadKeys);
        return List.copyOf(problems);
    }
}
