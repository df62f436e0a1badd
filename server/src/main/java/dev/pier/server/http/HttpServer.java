package dev.pier.server.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.CustomRequestLog;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.Slf4jRequestLogWriter;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.SizeLimitHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server: [#bind] takes the ports, so that a taken one is known before anything else starts; [#accept] lets
/// requests in once the applications are there; [#stop] lets those in flight end.
///
/// Requests run on virtual threads, as many as there are: what bounds them is the number of connections. The calls to
/// this class come from one thread, that of the server's start and stop.
public final class HttpServer {
    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

    /// The logger to which each request gives a line.
    public static final String ACCESS_LOGGER = "dev.pier.access";

    // As the NCSA's combined format, with the milliseconds that the request took.
    private static final String ACCESS_FORMAT = CustomRequestLog.EXTENDED_NCSA_FORMAT + " %{ms}T";

    // For what connections have to say to each other once their requests have ended.
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /// How many connections the kernel makes for us while we have not got round to them; it takes its own bound where
    /// that is lower.
    private static final int BACKLOG = 4096;

    private final HttpSettings settings;
    private final Server server;
    private final Router router = new Router();
    private final GracefulHandler graceful;
    private final ServerConnector clear;
    private final Optional<ServerConnector> secure;
    private boolean stopped;
    private volatile Optional<URI> url = Optional.empty();
    private volatile Optional<URI> secureUrl = Optional.empty();

    /// @throws IOException if the key store's password cannot be read
    public HttpServer(HttpSettings settings, Optional<HttpsSettings> https, boolean accessLog, MeterRegistry metrics)
            throws IOException {
        this.settings = settings;
        server = new Server(threads());
        SizeLimitHandler limited = new SizeLimitHandler(settings.maxRequestBody(), -1);
        limited.setHandler(router);
        graceful = new GracefulHandler(limited);
        server.setHandler(graceful);
        server.setErrorHandler(new PlainErrorHandler());
        server.setStopTimeout(CLOSE_TIMEOUT.toMillis());
        server.setRequestLog(requestLog(accessLog, metrics));
        clear = connector(
                settings.host(),
                settings.port(),
                new HttpConnectionFactory(configuration()),
                new PriorKnowledgeHttp2(configuration()));
        secure = https.isEmpty() ? Optional.empty() : Optional.of(secure(https.get()));
        server.addBean(new NetworkConnectionLimit(
                settings.maxConnections(), connectors().toArray(ServerConnector[]::new)));
        Gauge.builder("http.server.active", router, Router::requests)
                .description("Requests inside the applications now")
                .register(metrics);
    }

    private static QueuedThreadPool threads() {
        VirtualThreadPool virtual = new VirtualThreadPool();
        virtual.setName("http");
        // Jetty's own default lets 200 requests run at a time; slow streams would stop all others.
        virtual.setMaxConcurrentTasks(0);
        QueuedThreadPool pool = new QueuedThreadPool(64);
        pool.setName("http-io");
        pool.setVirtualThreadsExecutor(virtual);
        return pool;
    }

    private HttpConfiguration configuration() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendXPoweredBy(false);
        configuration.setRequestHeaderSize(settings.maxHeaderSize());
        if (settings.trustForwarded()) {
            configuration.addCustomizer(new ForwardedRequestCustomizer());
        }
        return configuration;
    }

    private ServerConnector connector(String host, int port, ConnectionFactory... factories) {
        ServerConnector connector = new ServerConnector(server, factories);
        connector.setHost(host);
        connector.setPort(port);
        // Java's default of 50 is too few for clients that all come at once: those beyond try again after a second.
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(settings.idleTimeout().toMillis());
        return connector;
    }

    private ServerConnector secure(HttpsSettings https) throws IOException {
        HttpConfiguration configuration = configuration();
        configuration.addCustomizer(new SecureRequestCustomizer());
        SslContextFactory.Server ssl = KeystoreWatch.newFactory(https);
        server.addBean(new KeystoreWatch(https, ssl));
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol("http/1.1");
        return connector(
                https.host(),
                https.port(),
                new SslConnectionFactory(ssl, alpn.getProtocol()),
                alpn,
                new HTTP2ServerConnectionFactory(configuration),
                new HttpConnectionFactory(configuration));
    }

    private RequestLog requestLog(boolean accessLog, MeterRegistry metrics) {
        RequestLog counted = new RequestMetrics(metrics);
        if (!accessLog) {
            return counted;
        }
        Slf4jRequestLogWriter writer = new Slf4jRequestLogWriter();
        writer.setLoggerName(ACCESS_LOGGER);
        CustomRequestLog written = new CustomRequestLog(writer, ACCESS_FORMAT);
        server.addBean(written);
        return new RequestLog.Collection(counted, written);
    }

    private List<ServerConnector> connectors() {
        List<ServerConnector> connectors = new ArrayList<>();
        connectors.add(clear);
        secure.ifPresent(connectors::add);
        return connectors;
    }

    /// Starts everything but the acceptors: connections wait in the ports' queues until [#accept].
    ///
    /// @throws AddressInUseException if a port cannot be opened
    public void bind() throws Exception {
        Connectors.open(clear, "http.port");
        if (secure.isPresent()) {
            Connectors.open(secure.get(), "https.port");
        }
        url = Optional.of(Connectors.url("http", clear));
        secureUrl = secure.map(connector -> Connectors.url("https", connector));
        server.start();
    }

    /// Lets requests in.
    public void accept() throws Exception {
        for (ServerConnector connector : connectors()) {
            server.addConnector(connector);
            server.manage(connector);
            connector.start();
        }
    }

    /// Where the applications are mounted.
    public Router router() {
        return router;
    }

    /// The server that the applications' contexts belong to.
    public Server jetty() {
        return server;
    }

    /// The address of the port without encryption, once it is bound.
    public URI url() {
        return url.orElseThrow(() -> new IllegalStateException("the port is not bound"));
    }

    /// The address of the port with TLS, if there is one, once it is bound.
    public Optional<URI> secureUrl() {
        return secureUrl;
    }

    /// Whether the server or a port of it has broken down.
    public boolean hasFailed() {
        return server.isFailed() || connectors().stream().anyMatch(ServerConnector::isFailed);
    }

    /// Closes the ports, lets the requests in flight end within the shutdown timeout, and stops. Idempotent.
    public void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        try {
            if (server.isStarted()) {
                drain();
            }
            server.stop();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            if (rootOf(e) instanceof TimeoutException) {
                log.debug("connections were not closed in peace", e);
            } else {
                log.warn("the HTTP server did not stop cleanly", e);
            }
        } finally {
            connectors().forEach(ServerConnector::close);
        }
    }

    /// Waits for requests only. Jetty's own stop would also wait for each connection to say goodbye, for the same time,
    /// and now and then one that closes by itself in that moment is never heard of again.
    private void drain() throws InterruptedException {
        for (ServerConnector connector : connectors()) {
            CompletableFuture<Void> _ = connector.shutdown();
        }
        try {
            graceful.shutdown().get(settings.shutdownTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            log.warn(
                    "{} requests are still in flight after {} ms; they are cut off",
                    graceful.getCurrentRequestCount(),
                    settings.shutdownTimeout().toMillis());
        } catch (ExecutionException e) {
            log.warn("cannot wait for the requests in flight", e);
        }
    }

    private static Throwable rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
