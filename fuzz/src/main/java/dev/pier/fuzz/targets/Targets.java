package dev.pier.fuzz.targets;

import dev.pier.fuzz.Target;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// All targets, by name.
public final class Targets {
    private static final SequencedMap<String, Supplier<Target>> ALL = new TreeMap<>();

    static {
        ALL.put(TermTarget.NAME, TermTarget::new);
        ALL.put(TermTextTarget.NAME, TermTextTarget::new);
        ALL.put(JsonTarget.NAME, JsonTarget::new);
        ALL.put(FrameTarget.NAME, FrameTarget::new);
        ALL.put(HandshakeTarget.NAME, HandshakeTarget::new);
        ALL.put(ConnectionTarget.NAME, ConnectionTarget::new);
        ALL.put(ConfigurationTarget.NAME, ConfigurationTarget::new);
        ALL.put(HttpTarget.NAME, HttpTarget::new);
        ALL.put(ArchiveTarget.NAME, ArchiveTarget::new);
    }

    private Targets() {}

    public static List<String> names() {
        return List.copyOf(ALL.sequencedKeySet());
    }

    /// The targets with these names; all targets if there are no names; none if a name is unknown.
    public static List<Supplier<Target>> named(List<String> names) {
        if (!ALL.keySet().containsAll(names)) {
            return List.of();
        }
        return ALL.entrySet().stream()
                .filter(entry -> names.isEmpty() || names.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }
}
