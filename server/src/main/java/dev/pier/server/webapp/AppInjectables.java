package dev.pier.server.webapp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The objects that one application can have injected. Filled before the application starts, read by its threads,
/// closed after it has ended.
final class AppInjectables implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AppInjectables.class);

    /// @param name as the application asks for it
    /// @param type for `@Inject`
    record Injectable(String name, Class<?> type, Object object) {}

    private final Map<String, Injectable> injectables = new LinkedHashMap<>();
    private final List<AutoCloseable> closing = new ArrayList<>();

    void add(String name, Class<?> type, Object object, boolean own) {
        injectables.put(name, new Injectable(name, type, object));
        if (own && object instanceof AutoCloseable closeable) {
            closing.add(closeable);
        }
    }

    List<Injectable> all() {
        return List.copyOf(injectables.values());
    }

    Optional<Injectable> named(String name) {
        return Optional.ofNullable(injectables.get(name));
    }

    List<Injectable> ofType(Class<?> type) {
        return injectables.values().stream().filter(it -> it.type() == type).toList();
    }

    /// The names that can be asked for, for a message.
    String names() {
        return injectables.isEmpty() ? "nothing" : String.join(", ", injectables.keySet());
    }

    @Override
    public void close() {
        for (AutoCloseable closeable : closing) {
            try {
                closeable.close();
            } catch (Exception e) {
                log.warn("{} did not close cleanly", closeable, e);
            }
        }
    }
}
