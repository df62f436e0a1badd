package dev.pier.server.websocket;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.compression.DeflaterPool;
import org.eclipse.jetty.util.compression.InflaterPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketExtensionRegistry;

/// The WebSockets of the server, of all applications.
///
/// *Threads.* Safe for all threads.
public final class WebSockets {
    /// The package of the API, which applications share with the server.
    public static final String API_PACKAGE = "jakarta.websocket";

    /// The classes that the API loads through an application's class loader.
    public static final List<String> SERVICE_CLASSES =
            List.of("dev.pier.server.websocket.DefaultConfigurator", "dev.pier.server.websocket.ApplicationContainer");

    /// The resource in which an implementation of the API names its configurator.
    private static final String CONFIGURATOR =
            "META-INF/services/jakarta.websocket.server.ServerEndpointConfig$Configurator";

    private static final Set<String> SERVICES =
            Set.of(CONFIGURATOR, "META-INF/services/jakarta.websocket.ContainerProvider");

    private static final String OWN_LOCATION =
            WebSockets.class.getProtectionDomain().getCodeSource().getLocation().toString();

    private final WebSocketSettings settings;
    private final Server server;
    private final MeterRegistry metrics;
    private final Places places;
    private final Map<String, Traffic> traffic = new ConcurrentHashMap<>();
    private final Set<SocketContainer> containers = ConcurrentHashMap.newKeySet();

    /// @param crowded whether nearly all connections are taken, which then are for requests
    public WebSockets(WebSocketSettings settings, Server server, MeterRegistry metrics, BooleanSupplier crowded) {
        this.settings = settings;
        this.server = server;
        this.metrics = metrics;
        this.places = new Places(settings, crowded);
    }

    WebSocketSettings settings() {
        return settings;
    }

    /// Whether applications may have endpoints.
    public boolean isEnabled() {
        return settings.enabled();
    }

    /// The number of open sockets of a context path.
    public int open(String contextPath) {
        Traffic found = traffic.get(contextPath);
        return found == null ? 0 : found.open();
    }

    Places places() {
        return places;
    }

    void remove(SocketContainer container) {
        containers.remove(container);
    }

    /// Closes all sockets, because the server stops.
    public void stopping() {
        List<Thread> closing = containers.stream()
                .map(container -> Thread.ofVirtual().start(() -> {
                    try {
                        container.closeAll(CloseStatus.SHUTDOWN, "the server stops");
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .toList();
        try {
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// A container for one version of an application.
    public SocketContainer container(String contextPath, EndpointObjects objects) {
        WebSocketComponents components = new WebSocketComponents(
                extensions(),
                new ObjectFactory(objects),
                server.getByteBufferPool(),
                InflaterPool.ensurePool(server),
                DeflaterPool.ensurePool(server),
                virtualThreads(server.getThreadPool()));
        // They belong to the server.
        List.of(
                        components.getByteBufferPool(),
                        components.getInflaterPool(),
                        components.getDeflaterPool(),
                        components.getExecutor())
                .forEach(components::unmanage);
        SocketContainer container = new SocketContainer(
                this, traffic.computeIfAbsent(contextPath, path -> new Traffic(metrics, path)), objects, components);
        containers.add(container);
        return container;
    }

    /// Whether a resource of the server is Pier's implementation of the API. Jetty has one as well.
    public static boolean isService(String name, URL url) {
        return SERVICES.contains(name) && url.toString().contains(OWN_LOCATION);
    }

    /// Whether an application brings an implementation of the API.
    ///
    /// @param loader the application's class loader
    public static boolean isContainerIn(URLClassLoader loader) {
        return loader.findResource(CONFIGURATOR) != null;
    }

    private static Executor virtualThreads(ThreadPool pool) {
        return pool instanceof VirtualThreads.Configurable configurable
                        && configurable.getVirtualThreadsExecutor() != null
                ? configurable.getVirtualThreadsExecutor()
                : pool;
    }

    /// The only extension that is for clients.
    private static WebSocketExtensionRegistry extensions() {
        WebSocketExtensionRegistry registry = new WebSocketExtensionRegistry();
        List.copyOf(registry.getAvailableExtensionNames()).stream().forEach(registry::unregister);
        registry.register(Handshake.DEFLATE, MessageDeflate.class);
        return registry;
    }
}
