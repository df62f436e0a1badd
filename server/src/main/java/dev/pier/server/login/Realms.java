package dev.pier.server.login;

import dev.pier.pem.KeyFileException;
import dev.pier.server.config.Section;
import dev.pier.server.plugin.Realm;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The realms of a server, by name.
///
/// *Threads.* Safe for all threads.
public final class Realms {
    private volatile Map<String, Realm> realms = Map.of();

    /// Reads the sections `realms.<name>`. A section of no known kind is reported as a problem.
    ///
    /// @param plugins the realm of a plugin that a section defines
    /// @return what opens each realm, by name
    public static Map<String, Realm.Factory> read(
            Map<String, Section> sections, Function<Section, Optional<Realm.Factory>> plugins) {
        Map<String, Realm.Factory> factories = new LinkedHashMap<>();
        sections.forEach((name, section) -> {
            Optional<Path> file = section.path("users-file");
            Optional<Realm.Factory> other = plugins.apply(section);
            if (file.isPresent() && other.isPresent()) {
                section.problem("users-file", "is given together with another kind of realm: use one of the two");
            } else if (file.isPresent()) {
                factories.put(name, new OfFile(file.get()));
            } else if (other.isPresent()) {
                factories.put(name, other.get());
            } else if (!section.has("users-file")) {
                section.problem("users-file", "is missing: what the realm consists of");
            }
        });
        return factories;
    }

    private record OfFile(Path file) implements Realm.Factory {
        @Override
        public void check() throws KeyFileException {
            UsersFile _ = new UsersFile(file);
        }

        @Override
        public Realm open() throws KeyFileException {
            return new UsersFile(file);
        }
    }

    /// Opens all realms, which then replace those before.
    ///
    /// @throws RealmException with the name of the realm that cannot be opened
    public void open(Map<String, Realm.Factory> factories) throws RealmException {
        replace(opened(factories));
    }

    /// Opens realms, which are not used before [#replace].
    ///
    /// @throws RealmException with the name of the realm that cannot be opened
    public static Map<String, Realm> opened(Map<String, Realm.Factory> factories) throws RealmException {
        Map<String, Realm> opened = new TreeMap<>();
        for (Map.Entry<String, Realm.Factory> entry : factories.entrySet()) {
            try {
                opened.put(entry.getKey(), entry.getValue().open());
            } catch (Exception e) {
                throw new RealmException(entry.getKey(), e);
            }
        }
        return opened;
    }

    /// Replaces all realms.
    public void replace(Map<String, Realm> opened) {
        realms = opened;
    }

    /// Checks what opening the realms needs.
    ///
    /// @throws RealmException with the name of the realm that could not be opened
    public static void check(Map<String, Realm.Factory> factories) throws RealmException {
        for (Map.Entry<String, Realm.Factory> entry : factories.entrySet()) {
            try {
                entry.getValue().check();
            } catch (Exception e) {
                throw new RealmException(entry.getKey(), e);
            }
        }
    }

    /// The names of all realms.
    public Set<String> names() {
        return new TreeSet<>(realms.keySet());
    }

    /// The realm of a name, as `server.conf` has it now.
    @Nullable
    Realm get(String name) {
        return realms.get(name);
    }
}
