package dev.pier.server.admin;

import dev.pier.server.http.AddressInUseException;
import dev.pier.server.http.Connectors;
import dev.pier.server.http.PlainErrorHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server of the admin port. It has a few platform threads of its own: it answers even if requests occupy
/// all carrier threads of the virtual threads, or all connections of the HTTP server.
public final class AdminServer {
    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 6;

    private final AdminSettings settings;
    private final Function<@Nullable AdminToken, Handler> handler;
    private final Server server;
    private final ServerConnector connector;
    private volatile @Nullable URI url;

    /// @param status creates the body of `/status`, once per request
    public AdminServer(
            AdminSettings settings,
            Health health,
            Metrics metrics,
            Supplier<Object> status,
            Operations operations,
            AdminPage page) {
        this.settings = settings;
        handler = token -> new AdminHandler(
                new AllowedNames(settings), new AccessCheck(token), health, metrics, status, operations, page);
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
    }

    /// Checks what a start needs beside the configuration, without side effects.
    ///
    /// @throws IOException if the port could not be opened, with a message for the operator
    public static void check(AdminSettings settings) throws IOException {
        @Nullable Path file = settings.tokenFile();
        if (file != null) {
            AdminToken.check(file);
        } else if (isBeyondLoopback(settings.host())) {
            throw new IOException("admin.host: " + AdminSettings.beyondLoopback(settings.host()));
        }
    }

    private static boolean isBeyondLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).anyMatch(it -> !it.isLoopbackAddress());
        } catch (UnknownHostException _) {
            // Opening the port tells it.
            return false;
        }
    }

    /// Opens the port and starts to accept requests. Makes the file of the token at the first start.
    ///
    /// @throws AddressInUseException if the port cannot be opened
    /// @throws IOException if the port must not be opened, or there is no token, with a message for the operator
    /// @throws Exception if Jetty cannot start
    public void start() throws Exception {
        check(settings);
        @Nullable Path file = settings.tokenFile();
        server.setHandler(handler.apply(file == null ? null : AdminToken.open(file)));
        Connectors.open(connector, "admin.port");
        url = Connectors.url("http", connector);
        server.start();
    }

    /// The URL of the port.
    ///
    /// @throws IllegalStateException before [#start]
    public URI url() {
        URI bound = url;
        if (bound == null) {
            throw new IllegalStateException("the port is not bound");
        }
        return bound;
    }

    /// Stops the server and closes the port. Idempotent.
    public void stop() {
        try {
            server.stop();
        } catch (Exception e) {
            log.warn("The admin server did not stop cleanly", e);
        } finally {
            connector.close();
        }
    }
}
