package dev.pier.server.admin;

import dev.pier.server.http.Connectors;
import dev.pier.server.http.AddressInUseException;
import dev.pier.server.http.PlainErrorHandler;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operator's HTTP server, on a few platform threads of its own: requests that keep all cores busy with virtual
/// threads, or that use up every connection, leave it alone.
public final class AdminServer {
    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 6;

    private final Server server;
    private final ServerConnector connector;
    private volatile Optional<URI> url = Optional.empty();

    /// @param status the body of `/status`, asked for at each request
    public AdminServer(AdminSettings settings, Health health, Metrics metrics, Supplier<Object> status) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, THREADS);
        threads.setName("admin");
        threads.setReservedThreads(0);
        server = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        server.addConnector(connector);
        server.setErrorHandler(new PlainErrorHandler());
        server.setHandler(new AdminHandler(health, metrics, status));
    }

    /// @throws AddressInUseException if the port cannot be opened
    public void start() throws Exception {
        Connectors.open(connector, "admin.port");
        url = Optional.of(Connectors.url("http", connector));
        server.start();
    }

    /// The address, once the server has started.
    public URI url() {
        return url.orElseThrow(() -> new IllegalStateException("the port is not bound"));
    }

    public void stop() {
        try {
            server.stop();
        } catch (Exception e) {
            log.warn("the admin server did not stop cleanly", e);
        } finally {
            connector.close();
        }
    }
}
