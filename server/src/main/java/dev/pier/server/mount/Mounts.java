package dev.pier.server.mount;

import dev.pier.server.http.HttpServer;
import dev.pier.server.http.Route;
import dev.pier.server.plugin.Mount;
import dev.pier.server.websocket.WebSockets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The mounts of all plugins.
///
/// *Threads.* Started and closed by one thread.
///
/// *Lifecycle.* [#start] before the first request. [#close] after the last one has ended: the server drains the
/// requests of mounts as those of applications.
public final class Mounts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Mounts.class);

    private final HttpServer http;
    private final WebSockets webSockets;
    private final Deque<MountContext> contexts = new ArrayDeque<>();

    public Mounts(HttpServer http, WebSockets webSockets) {
        this.http = http;
        this.webSockets = webSockets;
    }

    /// Starts a context for each mount, and routes its requests to it.
    ///
    /// @throws Exception if a servlet cannot be initialized; [#close] ends what has been started
    public void start(List<Mount> mounts) throws Exception {
        if (mounts.stream().anyMatch(Mount::rawPath)) {
            http.acceptAmbiguousPaths();
        }
        for (Mount mount : mounts) {
            MountContext context = new MountContext(http, webSockets, mount);
            contexts.push(context);
            LifeCycle.start(context);
            http.router().put(new Route(mount, context), null);
        }
    }

    @Override
    public void close() {
        while (!contexts.isEmpty()) {
            MountContext context = contexts.pop();
            try {
                LifeCycle.stop(context);
                context.destroy();
                context.endSockets();
            } catch (RuntimeException e) {
                log.warn("The mount {} did not end cleanly", context.getContextPath(), e);
            }
        }
    }
}
