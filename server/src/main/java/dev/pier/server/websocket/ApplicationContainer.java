package dev.pier.server.websocket;

import jakarta.websocket.ContainerProvider;
import jakarta.websocket.WebSocketContainer;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.jetty.ee.webapp.WebAppClassLoader;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.jspecify.annotations.Nullable;

/// Finds the container of an application for its own connections to other servers. The Jakarta API finds it as a
/// service.
///
/// *Threads.* For threads with the class loader of the application, which its own threads inherit.
public final class ApplicationContainer extends ContainerProvider {
    /// @return null if the thread is of no application
    @Override
    protected @Nullable WebSocketContainer getContainer() {
        return Stream.iterate(Thread.currentThread().getContextClassLoader(), Objects::nonNull, ClassLoader::getParent)
                .filter(WebAppClassLoader.class::isInstance)
                .map(loader -> ((WebAppClassLoader) loader).getContext())
                .filter(ServletContextHandler.class::isInstance)
                .map(context -> ((ServletContextHandler) context).getServletContext())
                .map(context -> (WebSocketContainer) context.getAttribute(SocketContainer.ATTRIBUTE))
                .findFirst()
                .orElse(null);
    }
}
