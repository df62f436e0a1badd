package dev.pier.server.mount;

import dev.pier.server.http.HttpServer;
import dev.pier.server.plugin.Mount;
import dev.pier.server.webapp.AppErrorHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// The Jetty context of one mount: its servlet, without sessions, static files or classes of its own.
final class MountContext extends ServletContextHandler {
    MountContext(HttpServer http, Mount mount) {
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
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        ClientPresence presence = new ClientPresence(request);
        presence.setAttribute(Mount.CLIENT_GONE, presence);
        ExactContentType.install(presence);
        return super.handle(presence, response, callback);
    }
}
