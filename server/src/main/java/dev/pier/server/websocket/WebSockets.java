package dev.pier.server.websocket;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.concurrent.Executor;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.compression.DeflaterPool;
import org.eclipse.jetty.util.compression.InflaterPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketExtensionRegistry;

/// The WebSockets of the server, of all applications.
///
/// *Threads.* Safe for all threads.
public final class WebSockets {
    /// The package of the API, which applications share with the server.
    public static final String API_PACKAGE = "jakarta.websocket";

    /// The class that the API loads through an application's class loader.
    public static final String SERVICE_CLASS = "dev.pier.server.websocket.DefaultConfigurator";

    /// The resource in which an implementation of the API names that class.
    private static final String SERVICE =
            "META-INF/services/jakarta.websocket.server.ServerEndpointConfig$Configurator";

    private static final String OWN_LOCATION =
            WebSockets.class.getProtectionDomain().getCodeSource().getLocation().toString();

    private final Server server;

    public WebSockets(Server server) {
        this.server = server;
    }

    /// A container for one version of an application.
    public SocketContainer container(EndpointObjects objects) {
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
        return new SocketContainer(objects, components);
    }

    /// Whether a resource of the server is Pier's implementation of the API. Jetty has one as well.
    public static boolean isService(String name, URL url) {
        return name.equals(SERVICE) && url.toString().contains(OWN_LOCATION);
    }

    /// Whether an application brings an implementation of the API.
    ///
    /// @param loader the application's class loader
    public static boolean isContainerIn(URLClassLoader loader) {
        return loader.findResource(SERVICE) != null;
    }

    private static Executor virtualThreads(ThreadPool pool) {
        return pool instanceof VirtualThreads.Configurable configurable
                        && configurable.getVirtualThreadsExecutor() != null
                ? configurable.getVirtualThreadsExecutor()
                : pool;
    }

    /// Jetty's only extension that is for clients.
    private static WebSocketExtensionRegistry extensions() {
        WebSocketExtensionRegistry registry = new WebSocketExtensionRegistry();
        List.copyOf(registry.getAvailableExtensionNames()).stream()
                .filter(name -> !name.equals(Handshake.DEFLATE))
                .forEach(registry::unregister);
        return registry;
    }
}
