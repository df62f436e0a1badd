package dev.pier.server.plugin;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.ServletContainerInitializer;
import java.util.function.Function;
import java.util.function.Supplier;

/// What the server gives to a plugin while it starts.
public interface PluginContext {
    /// Lets web applications see the classes of a package and those below it: they get the server's classes, even if
    /// they bring a copy of their own. All other classes of the server are hidden from them.
    ///
    /// @param packageName as in `com.example.api`
    /// @param below whether the packages below it are shared too
    void share(String packageName, boolean below);

    /// Makes an object available to all web applications: as `@Resource(name = "…")`, in JNDI as
    /// `java:comp/env/…`, as ServletContext attribute of that name, and for `@Inject` (with `@Named("…")` where
    /// several objects of the type are offered).
    ///
    /// @param name such as `mail/session`
    /// @param type the type for `@Inject`, which web applications must be able to see
    <T> void bind(String name, Class<T> type, T object);

    /// As [#bind], with an object of its own for each application: what an object learns of an application's classes
    /// goes with the application. It is made before the application starts, and closed after it has ended if it is
    /// [AutoCloseable].
    ///
    /// @param maker makes the object, given the application's context path
    <T> void bindPerApplication(String name, Class<T> type, Function<String, ? extends T> maker);

    /// Has an initializer called for each application as it starts, as for one that the application brings: for
    /// filters and listeners that all of them are to have.
    void initializer(ServletContainerInitializer initializer);

    /// Adds a check to `/health/ready`.
    void readinessCheck(HealthCheck check);

    /// Adds the plugin's part to the admin port's `/status`, under the plugin's name: asked for at each request,
    /// written as JSON. Given once.
    ///
    /// @param status gives maps, lists, strings, numbers and booleans
    void status(Supplier<Object> status);

    /// Where the plugin registers its metrics; served at the admin port's `/metrics`.
    MeterRegistry metrics();
}
