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
final class AppOffers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AppOffers.class);

    /// @param name as the application asks for it
    /// @param type for `@Inject`
    record Offer(String name, Class<?> type, Object object) {}

    private final Map<String, Offer> offers = new LinkedHashMap<>();
    private final List<AutoCloseable> closing = new ArrayList<>();

    void add(String name, Class<?> type, Object object, boolean own) {
        offers.put(name, new Offer(name, type, object));
        if (own && object instanceof AutoCloseable closeable) {
            closing.add(closeable);
        }
    }

    List<Offer> all() {
        return List.copyOf(offers.values());
    }

    Optional<Offer> named(String name) {
        return Optional.ofNullable(offers.get(name));
    }

    List<Offer> ofType(Class<?> type) {
        return offers.values().stream().filter(it -> it.type() == type).toList();
    }

    /// The names that can be asked for, for a message.
    String names() {
        return offers.isEmpty() ? "nothing" : String.join(", ", offers.keySet());
    }

    @Override
    public void close() {
        for (AutoCloseable closeable : closing) {
            try {
                closeable.close();
            } catch (Exception e) {
                LOG.warn("{} did not close cleanly", closeable, e);
            }
        }
    }
}
