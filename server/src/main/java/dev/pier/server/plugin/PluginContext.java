package dev.pier.server.plugin;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.ServletContainerInitializer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The server as a plugin sees it during [ServerPlugin#start].
///
/// *Threads.* Safe for all threads.
///
/// *Lifecycle.* To be used before [ServerPlugin#start] returns: the first application is deployed after the last
/// plugin has started, and gets what was registered by then. Injectable objects and readiness checks can be
/// added and removed in [PluginReload#apply] as well. [#metrics] can be used until [ServerPlugin#stop]
/// returns.
public interface PluginContext {
    /// Makes the classes of a package visible to all web applications. An application gets the server's class even
    /// if it has a copy of its own. All other classes of the server stay hidden from applications.
    ///
    /// @param packageName such as `com.example.api`
    /// @param includeSubpackages whether the packages below it are shared too
    void share(String packageName, boolean includeSubpackages);

    /// Makes an object injectable in all web applications: as `@Resource(name = "…")`, in JNDI as
    /// `java:comp/env/…`, as ServletContext attribute of that name, and for `@Inject`, with `@Named("…")` if
    /// several objects have the type. The object remains the plugin's: the server never closes it. An
    /// application with an injector of its own, such as CDI, fills `@Inject` fields of the JDK's types itself.
    ///
    /// @param name such as `mail/session`
    /// @param type the exact type of the `@Inject` fields; a web application must be able to see it
    /// @throws IllegalArgumentException if the name is already bound, or `object` is not an instance of `type`
    <T> void bind(String name, Class<T> type, T object);

    /// Makes an object injectable as [#bind] does, with one object per application, so that an object that keeps
    /// references to an application's classes does not outlive the application.
    ///
    /// The server creates the object before an application starts, for each of its versions, and closes it after
    /// the application has ended if it is [AutoCloseable]. If the factory throws an unchecked exception, the
    /// application is not deployed.
    ///
    /// @param factory creates the object; the argument is the path that the application's name gives,
    ///     such as `/shop`, even if it is served at another one. Called on the deploying thread
    /// @throws IllegalArgumentException if the name is already bound
    <T> void bindPerApplication(String name, Class<T> type, Function<String, ? extends T> factory);

    /// Takes back [#bind] or [#bindPerApplication]. Applications that have the object keep it; those that are
    /// deployed from now on do not get it. Does nothing if the name is not bound.
    void unbind(String name);

    /// Adds a servlet initializer that runs at the start of each application, as if the application had it itself.
    /// It can add filters and listeners to all applications.
    void initializer(ServletContainerInitializer initializer);

    /// Serves a path with a servlet of the plugin, beside the applications, and before an application at the same path
    /// is deployed. Its requests are counted, logged and drained as those of an application.
    ///
    /// @throws IllegalArgumentException if the path of the mount is not valid
    void mount(Mount mount);

    /// Offers a place for the sessions of applications. It is used if the operator has chosen it (`sessions.store`).
    ///
    /// @param name one of the names that [ServerPlugin#sessionStores] has returned
    /// @throws IllegalArgumentException if there is a store of this name
    void sessionStore(String name, SessionStore.Factory factory);

    /// Adds a check to `/health/ready` and `/health`.
    void readinessCheck(HealthCheck check);

    /// Takes back [#readinessCheck]. Does nothing if there is no equal check.
    void removeReadinessCheck(HealthCheck check);

    /// Adds a check to `/health/live` and `/health`: of a part of the plugin itself, which only a restart repairs, such
    /// as a thread that must not end. An operator's supervisor restarts a server that is not alive, so the state of
    /// another system belongs to [#readinessCheck].
    void livenessCheck(HealthCheck check);

    /// Adds the plugin's part of the admin port's `/status`, under the plugin's name.
    ///
    /// @param status returns maps, lists, strings, numbers and booleans, which are written as JSON. Called once per
    ///     request, on the admin threads, several of which may call at the same time; must not block. If it throws
    ///     an unchecked exception, the exception's text is shown instead
    /// @throws IllegalStateException if the plugin has already registered a status
    void status(Supplier<Object> status);

    /// Offers an operation to operators: `POST /plugins/<plugin>/<name>` on the admin port, with the arguments as
    /// a JSON object of texts. The server checks the operator's token before.
    ///
    /// @param name lower-case letters and hyphens, such as `ping`
    /// @throws IllegalArgumentException if the name is not valid, or the plugin has an operation of this name
    void operation(String name, AdminOperation operation);

    /// Adds a part to the page of the admin port.
    ///
    /// @param script an ES module with a function `mount(page)`, which adds sections with
    ///     `page.section(id, title)` and gets each answer of `/status` with `page.onStatus(listener)`. It may
    ///     import the modules of the page, such as `../table.js`, and nothing from elsewhere
    /// @throws IllegalStateException if the plugin has already added one
    void page(String script);

    /// The address of the HTTP client whose request the calling thread runs, so that a plugin can give each client
    /// its share. `null` if the thread runs no request, as threads that an application has started. Can be called
    /// at any time.
    @Nullable
    String currentClient();

    /// The registry for the plugin's metrics, which the admin port serves at `/metrics`.
    MeterRegistry metrics();

    /// The `io.opentelemetry.api.OpenTelemetry` for the plugin's spans. The span of a request is the current
    /// one of its thread. `null` if tracing is off (`tracing.enabled`), or if `opentelemetry-api`, which the
    /// server does not need, is not on the class path.
    @Nullable
    Object openTelemetry();
}
