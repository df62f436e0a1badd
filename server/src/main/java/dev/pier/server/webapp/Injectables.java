package dev.pier.server.webapp;

import jakarta.servlet.ServletContainerInitializer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Function;

/// What the server gives to web applications: objects to be injected, and the packages whose classes it shares. Filled
/// while plugins start, before the first application is deployed; read by all threads afterwards.
public final class Injectables {
    /// @param name as applications ask for it
    /// @param type for `@Inject`
    /// @param maker gives the object for an application, by its context path
    /// @param own whether the object is the application's own, and ends with it
    private record Binding(String name, Class<?> type, Function<String, ?> maker, boolean own) {}

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

    private final Map<String, Binding> injectables = new LinkedHashMap<>();
    private final List<ServletContainerInitializer> initializers = new CopyOnWriteArrayList<>();
    private final Set<SharedPackage> packages = new CopyOnWriteArraySet<>(JAKARTA);

    /// @throws IllegalArgumentException if the name is taken, or the object is not of the type
    public void bind(String name, Class<?> type, Object object) {
        if (!type.isInstance(object)) {
            throw new IllegalArgumentException(name + " is not a " + type.getName());
        }
        add(new Binding(name, type, _ -> object, false));
    }

    /// Injectables an object of its own to each application.
    ///
    /// @throws IllegalArgumentException if the name is taken
    public void bindPerApplication(String name, Class<?> type, Function<String, ?> maker) {
        add(new Binding(name, type, maker, true));
    }

    private synchronized void add(Binding binding) {
        if (injectables.putIfAbsent(binding.name(), binding) != null) {
            throw new IllegalArgumentException("there are two objects of the name " + binding.name());
        }
    }

    /// Has an initializer called for each application.
    public void initializer(ServletContainerInitializer initializer) {
        initializers.add(initializer);
    }

    List<ServletContainerInitializer> initializers() {
        return List.copyOf(initializers);
    }

    /// Shares the classes of a package with all applications, and of those below it if wished.
    public void share(String packageName, boolean below) {
        packages.add(new SharedPackage(packageName, below));
    }

    /// Whether applications get the server's class of this name.
    boolean isShared(String className) {
        return packages.stream().anyMatch(it -> it.has(className));
    }

    /// What one application gets, made for it.
    synchronized AppInjectables createFor(String contextPath) {
        AppInjectables opened = new AppInjectables();
        try {
            for (Binding binding : injectables.values()) {
                opened.add(binding.name(), binding.type(), binding.maker().apply(contextPath), binding.own());
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }
}
