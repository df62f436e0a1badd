package dev.pier.server.webapp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/// What the server gives to web applications: objects to be injected, and the packages whose classes it shares. Filled
/// while plugins start, before the first application is deployed; read by all threads afterwards.
public final class Offers {
    /// @param name as applications ask for it
    /// @param type for `@Inject`
    record Offer(String name, Class<?> type, Object object) {}

    private record SharedPackage(String name, boolean below) {
        boolean has(String className) {
            return className.startsWith(name + ".") && (below || className.indexOf('.', name.length() + 1) < 0);
        }
    }

    // The interfaces between server and application: both sides must mean the same class.
    private static final List<SharedPackage> JAKARTA = List.of(
            new SharedPackage("jakarta.servlet", true),
            new SharedPackage("jakarta.annotation", true),
            new SharedPackage("jakarta.inject", true));

    private final Map<String, Offer> offers = new LinkedHashMap<>();
    private final Set<SharedPackage> packages = new CopyOnWriteArraySet<>(JAKARTA);

    /// @throws IllegalArgumentException if the name is taken, or the object is not of the type
    public synchronized void offer(String name, Class<?> type, Object object) {
        if (!type.isInstance(object)) {
            throw new IllegalArgumentException(name + " is not a " + type.getName());
        }
        if (offers.putIfAbsent(name, new Offer(name, type, object)) != null) {
            throw new IllegalArgumentException("there are two objects of the name " + name);
        }
    }

    /// Shares the classes of a package with all applications, and of those below it if wished.
    public void share(String packageName, boolean below) {
        packages.add(new SharedPackage(packageName, below));
    }

    /// Whether applications get the server's class of this name.
    boolean isShared(String className) {
        return packages.stream().anyMatch(it -> it.has(className));
    }

    synchronized List<Offer> all() {
        return List.copyOf(offers.values());
    }

    synchronized Optional<Offer> named(String name) {
        return Optional.ofNullable(offers.get(name));
    }

    synchronized List<Offer> ofType(Class<?> type) {
        return offers.values().stream().filter(it -> it.type() == type).toList();
    }

    /// The names that can be asked for, for a message.
    synchronized String names() {
        return offers.isEmpty() ? "nothing" : String.join(", ", offers.keySet());
    }
}
