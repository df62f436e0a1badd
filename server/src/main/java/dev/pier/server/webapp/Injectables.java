package dev.pier.server.webapp;

import dev.pier.server.api.Meters;
import jakarta.servlet.ServletContainerInitializer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// The objects that can be injected into all applications, the packages that the server shares with them, and the
/// servlet initializers that run in each of them.
///
/// *Threads.* Safe for all threads.
///
/// *Lifecycle.* Filled while the plugins start, before the first application is deployed; a reload may add
/// and remove objects.
public final class Injectables {
    /// @param type the type for `@Inject`
    /// @param factory returns the object for an application; the argument is its context path
    /// @param perApplication whether each application has an object of its own, which is closed with it
    private record Binding(String name, Class<?> type, Function<String, ?> factory, boolean perApplication) {}

    private record SharedPackage(String name, boolean withSubpackages) {
        boolean has(String className) {
            return className.startsWith(name + ".")
                    && (withSubpackages || className.indexOf('.', name.length() + 1) < 0);
        }
    }

    /// The API of JSP, below the Servlet API. An application with JSPs brings it with their compiler, even if the class
    /// path of a program with an embedded server has one.
    private static final String PAGES = "jakarta.servlet.jsp.";

    /// The interfaces between server and application, which must be the same classes for both.
    private static final List<SharedPackage> INTERFACES = List.of(
            new SharedPackage(Meters.class.getPackageName(), false),
            new SharedPackage("jakarta.servlet", true),
            new SharedPackage("jakarta.annotation", true),
            new SharedPackage("jakarta.websocket", true),
            new SharedPackage("jakarta.inject", true));

    private final Object lock = new Object();

    /// By name. Guarded by `lock`.
    private final Map<String, Binding> bindings = new LinkedHashMap<>();

    private final List<ServletContainerInitializer> initializers = new CopyOnWriteArrayList<>();
    private final List<SharedPackage> packages = new CopyOnWriteArrayList<>(INTERFACES);
    private final ExtensionJars extensions = ExtensionJars.installed();
    private volatile boolean classPathShared;

    /// Binds an object for all applications.
    ///
    /// @throws IllegalArgumentException if the name is already bound, or the object is not an instance of the type
    public void bind(String name, Class<?> type, Object object) {
        if (!type.isInstance(object)) {
            throw new IllegalArgumentException(name + " is not an instance of " + type.getName());
        }
        add(new Binding(name, type, _ -> object, false));
    }

    /// Binds an object per application.
    ///
    /// @throws IllegalArgumentException if the name is already bound
    public void bindPerApplication(String name, Class<?> type, Function<String, ?> factory) {
        add(new Binding(name, type, factory, true));
    }

    private void add(Binding binding) {
        synchronized (lock) {
            if (bindings.putIfAbsent(binding.name(), binding) != null) {
                throw new IllegalArgumentException("the name " + binding.name() + " is already bound");
            }
        }
    }

    /// Takes a binding back, if there is one. Applications that run keep its object.
    public void unbind(String name) {
        synchronized (lock) {
            bindings.remove(name);
        }
    }

    /// Adds an initializer that runs in each application.
    public void initializer(ServletContainerInitializer initializer) {
        initializers.add(initializer);
    }

    List<ServletContainerInitializer> initializers() {
        return List.copyOf(initializers);
    }

    /// Shares the classes of a package, and optionally of the packages below it, with all applications.
    public void share(String packageName, boolean includeSubpackages) {
        packages.add(new SharedPackage(packageName, includeSubpackages));
    }

    /// Lets applications see everything on the class path but Jetty, for a program that embeds the server: the
    /// libraries of the application are on its class path. The application's own classes have precedence.
    public void shareClassPath() {
        classPathShared = true;
    }

    /// The jars of `lib/ext`, which applications see where they have no class or resource of the same name.
    ExtensionJars extensions() {
        return extensions;
    }

    /// Whether applications see the server's class or resource of this name where they have none of their own.
    boolean isOnSharedClassPath(String className) {
        return classPathShared && !className.startsWith("org.eclipse.jetty.");
    }

    /// Whether applications see the server's class of this name, which has precedence over their own.
    boolean isShared(String className) {
        return !className.startsWith(PAGES) && packages.stream().anyMatch(it -> it.has(className));
    }

    /// Creates the objects for one application.
    ///
    /// @param id the path that the name of the application gives
    AppInjectables createFor(String id) {
        List<Binding> all;
        synchronized (lock) {
            all = List.copyOf(bindings.values());
        }
        AppInjectables created = new AppInjectables();
        try {
            for (Binding binding : all) {
                Object object = binding.factory().apply(id);
                created.add(binding.name(), binding.type(), object, binding.perApplication());
            }
            return created;
        } catch (Throwable t) {
            created.close();
            throw t;
        }
    }
}
