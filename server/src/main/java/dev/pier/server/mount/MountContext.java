package dev.pier.server.mount;

import dev.pier.server.http.HttpServer;
import dev.pier.server.plugin.Mount;
import dev.pier.server.webapp.AppErrorHandler;
import dev.pier.server.websocket.EndpointObjects;
import dev.pier.server.websocket.SocketContainer;
import dev.pier.server.websocket.WebSockets;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// The Jetty context of one mount: its servlet and its WebSockets, without sessions, static files or classes of its
/// own. The servlet finds a `jakarta.websocket.server.ServerContainer` in its servlet context.
final class MountContext extends ServletContextHandler {
    private final @Nullable SocketContainer sockets;

    MountContext(HttpServer http, WebSockets webSockets, Mount mount) {
        super(NO_SESSIONS | NO_SECURITY);
        setServer(http.jetty());
        setContextPath(mount.path());
        setErrorHandler(new AppErrorHandler(http.settings()));
        // A request to the path itself is one of the mount, not one for a redirect.
        setAllowNullPathInContext(true);
        // The servlet knows the charset of its bytes.
        getMimeTypes().addInferred("text/plain", null);
        // Otherwise the path info of a request with %2F cannot be asked for.
        getServletHandler().setDecodeAmbiguousURIs(mount.rawPath());
        ServletHolder holder = new ServletHolder("mount", mount.servlet());
        holder.setAsyncSupported(true);
        holder.setInitOrder(1);
        addServlet(holder, "/*");
        sockets = webSockets.isEnabled() ? webSockets.container(mount.path(), new OwnObjects()) : null;
        if (sockets != null) {
            addServletContainerInitializer(sockets.initializer());
        }
    }

    /// Forgets the container of the sockets.
    void endSockets() {
        if (sockets != null) {
            sockets.end();
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        ClientPresence presence = new ClientPresence(request);
        presence.setAttribute(Mount.CLIENT_GONE, presence);
        presence.setAttribute(Mount.INFORM, new Informing(request, response));
        ExactContentType.install(presence);
        return super.handle(presence, response, callback);
    }

    /// The objects of a mount's sockets, which its servlet creates itself.
    private static final class OwnObjects implements EndpointObjects {
        @Override
        public void check(Class<?> type) {
            // There are no fields to fill.
        }

        @Override
        public <T> T create(Class<T> type) throws ReflectiveOperationException {
            return type.getConstructor().newInstance();
        }

        @Override
        public <T> T fill(T object) {
            return object;
        }

        @Override
        public void destroy(Object object) {
            // The servlet ends it.
        }
    }
}
