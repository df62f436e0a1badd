package dev.pier.server.webapp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The objects that can be injected into one application.
///
/// *Threads.* Filled and closed by one thread; read by all threads of the application.
///
/// *Lifecycle.* Filled before the application starts, closed after it has ended.
final class AppInjectables implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AppInjectables.class);

    /// An object that can be injected.
    ///
    /// @param name the name for `@Resource` and `@Named`
    /// @param type the type for `@Inject`
    record Injectable(String name, Class<?> type, Object object) {}

    private final Map<String, Injectable> byName = new LinkedHashMap<>();
    private final List<AutoCloseable> owned = new ArrayList<>();

    /// @param perApplication whether the object belongs to this application and is closed with it
    void add(String name, Class<?> type, Object object, boolean perApplication) {
        byName.put(name, new Injectable(name, type, object));
        if (perApplication && object instanceof AutoCloseable closeable) {
            owned.add(closeable);
        }
    }

    /// Gives names of objects to others, for this application.
    ///
    /// @param setting for the message
    /// @param others the name of the object that the application gets, by the name that it asks for
    /// @throws DeploymentException if there is no such object
    void replace(String setting, Map<String, String> others) throws DeploymentException {
        Map<String, Injectable> before = Map.copyOf(byName);
        for (Map.Entry<String, String> entry : others.entrySet()) {
            Injectable other = before.get(entry.getValue());
            if (other == null) {
                throw new DeploymentException(setting + " gives " + entry.getKey() + " to " + entry.getValue()
                        + ", which does not exist; available: " + names());
            }
            byName.put(entry.getKey(), new Injectable(entry.getKey(), other.type(), other.object()));
        }
    }

    List<Injectable> all() {
        return List.copyOf(byName.values());
    }

    Optional<Injectable> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    List<Injectable> ofType(Class<?> type) {
        return byName.values().stream().filter(it -> it.type() == type).toList();
    }

    /// All names, separated by commas, for a message.
    String names() {
        return byName.isEmpty() ? "none" : String.join(", ", byName.keySet());
    }

    /// Closes the application's own objects that are [AutoCloseable].
    @Override
    public void close() {
        for (AutoCloseable closeable : owned) {
            try {
                closeable.close();
            } catch (Exception e) {
                log.warn("The injected object {} did not close cleanly", closeable, e);
            }
        }
    }
}
