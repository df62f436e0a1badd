package dev.pier.server.http;

import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.trace.RequestSpans;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.CustomRequestLog;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.Slf4jRequestLogWriter;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.SecuredRedirectHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server with its plain port and, if configured, its TLS port.
///
/// Requests run on virtual threads without a limit on their number; the number of connections limits them
/// (`http.max-connections`).
///
/// *Threads.* For the thread that starts and stops the server. [#url], [#secureUrl], [#urls] and the checks of
/// [#liveness] are safe for all threads.
///
/// *Lifecycle.* [#bind] opens the ports, so that a port in use is detected before anything else starts; [#accept]
/// lets requests in after the applications are deployed; [#awaitShutdownDelay] lets load balancers
/// find another server; [#stop] waits for the requests in flight.
public final class HttpServer {
    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

    /// The logger of the access log, one line per request.
    public static final String ACCESS_LOGGER = "dev.pier.access";

    /// How long the connections have to close after their requests have ended.
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

    /// How long a port may accept nothing before it counts as broken; long enough for any pause of the JVM.
    private static final Duration CONNECTOR_PATIENCE = Duration.ofSeconds(30);

    /// The number of connections that the kernel establishes before they are accepted. The kernel applies its own
    /// limit if that is lower. Java's default of 50 is too low for bursts: further clients retry after one second.
    private static final int BACKLOG = 4096;

    private final HttpSettings settings;
    private final @Nullable HttpsSettings https;
    private final Server server;
    private final Router router = new Router();
    private final List<HttpConfiguration> configurations = new ArrayList<>();
    private final BodyLimitHandler.Limit bodyLimit;
    private final ShutdownDelayHandler shutdownDelay;
    private final GracefulHandler graceful;
    private final ConnectorCheck.Port plain;
    private final @Nullable CertificateWatch certificate;
    private final ConnectorCheck.@Nullable Port secure;
    private final ConnectionWatch watch;
    private final RequestMetrics requestMetrics;
    private final ConnectorCheck check;
    private boolean stopped;
    private volatile @Nullable URI url;
    private volatile @Nullable URI secureUrl;

    /// @param https null for no TLS port
    /// @param spans begins the span of each request; null without tracing
    /// @throws IOException if the certificate cannot be read
    public HttpServer(
            HttpSettings settings,
            @Nullable HttpsSettings https,
            AccessLogSettings accessLog,
            @Nullable RequestSpans spans,
            MeterRegistry metrics)
            throws IOException {
        this.settings = settings;
        this.https = https;
        server = new Server(threads());
        server.setErrorHandler(new PlainErrorHandler());
        server.setStopTimeout(CLOSE_TIMEOUT.toMillis());
        requestMetrics = new RequestMetrics(metrics);
        server.setRequestLog(requestLog(accessLog));
        plain = connector(
                settings.host(),
                settings.port(),
                new HttpConnectionFactory(configuration()),
                new PriorKnowledgeHttp2(configuration()));
        certificate = https == null ? null : new CertificateWatch(https);
        secure = https == null || certificate == null ? null : secureConnector(https, certificate);
        check = new ConnectorCheck(connectors(), CONNECTOR_PATIENCE);
        watch = new ConnectionWatch(settings, connectors(), check::look);
        server.addBean(watch);
        bodyLimit = new BodyLimitHandler.Limit(settings.maxRequestBody(), "http.max-request-body");
        BodyLimitHandler limited = new BodyLimitHandler(
                this::bodyLimit,
                BodyDiscard.SILENCE,
                BodyDiscard.TIME,
                new BodyRateHandler(settings.minBodyRate(), () -> watch.whenCrowded(settings.idleTimeout()), router));
        shutdownDelay = new ShutdownDelayHandler(new ClientRequests(
                settings.maxRequestsPerClient(), ResponseCompression.around(limited, settings.compression())));
        graceful = new GracefulHandler(
                https == null || !https.redirect()
                        ? shutdownDelay
                        : new SecuredRedirectHandler(shutdownDelay, HttpStatus.PERMANENT_REDIRECT_308));
        server.setHandler(spans == null ? graceful : new TraceHandler(spans, graceful));
        server.addBean(new NetworkConnectionLimit(
                settings.maxConnections(), connectors().toArray(ServerConnector[]::new)));
        Gauge.builder("http.server.active", router, Router::requests)
                .description("Requests in flight in the applications")
                .register(metrics);
        Gauge.builder("http.server.connections", watch, ConnectionWatch::connections)
                .description("Open connections")
                .register(metrics);
        if (certificate != null) {
            Gauge.builder("http.server.tls.expiry", certificate, HttpServer::secondsToExpiry)
                    .description("Time until the certificate of HTTPS expires; negative once it has")
                    .baseUnit("seconds")
                    .register(metrics);
        }
    }

    private static double secondsToExpiry(CertificateWatch certificate) {
        CertificateStatus status = certificate.status();
        return status == null ? Double.NaN : status.left().toSeconds();
    }

    private BodyLimitHandler.Limit bodyLimit(Request request) {
        RouteRules rules = router.rulesOf(request);
        Long itsOwn = rules.maxRequestBody();
        return itsOwn == null ? bodyLimit : new BodyLimitHandler.Limit(itsOwn, rules.setting());
    }

    private static QueuedThreadPool threads() {
        VirtualThreadPool virtual = new VirtualThreadPool();
        virtual.setName("http");
        // Jetty's default allows 200 requests at a time: as many slow streams would block all other requests.
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
        // Jetty's cache of header lines takes 100 KiB for each connection, from its second request on, and saves
        // nothing that can be measured.
        configuration.setHeaderCacheSize(0);
        configurations.add(configuration);
        if (settings.trustForwarded()) {
            configuration.addCustomizer(new ForwardedRequestCustomizer());
        }
        return configuration;
    }

    private ConnectorCheck.Port connector(String host, int port, ConnectionFactory... factories) {
        ConnectorCheck.Port connector = new ConnectorCheck.Port(server, behindProxy(factories));
        connector.setHost(host);
        connector.setPort(port);
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(settings.idleTimeout().toMillis());
        return connector;
    }

    private ConnectionFactory[] behindProxy(ConnectionFactory... factories) {
        if (!settings.proxyProtocol()) {
            return factories;
        }
        String next = factories[0].getProtocol();
        return Stream.concat(Stream.of(new ProxyHeader(next)), Stream.of(factories))
                .toArray(ConnectionFactory[]::new);
    }

    private ConnectorCheck.Port secureConnector(HttpsSettings https, CertificateWatch certificate) {
        HttpConfiguration configuration = configuration();
        SecureRequestCustomizer customizer = new SecureRequestCustomizer();
        // Negative: no header Strict-Transport-Security.
        customizer.setStsMaxAge(https.hsts().isZero() ? -1 : https.hsts().toSeconds());
        configuration.addCustomizer(customizer);
        server.addBean(certificate);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol("http/1.1");
        return connector(
                https.host(),
                https.port(),
                new SslConnectionFactory(certificate.factory(), alpn.getProtocol()),
                alpn,
                new HTTP2ServerConnectionFactory(configuration),
                new HttpConnectionFactory(configuration));
    }

    private RequestLog requestLog(AccessLogSettings accessLog) {
        if (!accessLog.enabled()) {
            return requestMetrics;
        }
        Slf4jRequestLogWriter writer = new Slf4jRequestLogWriter();
        writer.setLoggerName(ACCESS_LOGGER);
        CustomRequestLog textLog = new CustomRequestLog(writer, accessLog.format());
        server.addBean(textLog);
        return new RequestLog.Collection(requestMetrics, textLog);
    }

    private List<ConnectorCheck.Port> connectors() {
        List<ConnectorCheck.Port> connectors = new ArrayList<>();
        connectors.add(plain);
        if (secure != null) {
            connectors.add(secure);
        }
        return connectors;
    }

    /// Opens the ports and starts everything except the acceptors: the kernel queues connections until [#accept].
    ///
    /// @throws AddressInUseException if a port cannot be opened
    /// @throws Exception if Jetty cannot start, for instance because of the key store
    public void bind() throws Exception {
        Connectors.open(plain, "http.port");
        url = Connectors.url("http", plain);
        if (secure != null) {
            Connectors.open(secure, "https.port");
            secureUrl = Connectors.url("https", secure);
            // For redirects, also those that applications ask for with the transport guarantee CONFIDENTIAL.
            int securePort = https == null || https.publicPort() == 0 ? secure.getLocalPort() : https.publicPort();
            configurations.forEach(configuration -> configuration.setSecurePort(securePort));
        }
        server.start();
    }

    /// Passes ambiguous paths to the router, which refuses them where `raw-path` is not set. Before [#accept].
    public void acceptAmbiguousPaths() {
        UriCompliance compliance =
                UriCompliance.DEFAULT.with("PIER", AmbiguousPaths.VIOLATIONS.toArray(UriCompliance.Violation[]::new));
        configurations.forEach(configuration -> configuration.setUriCompliance(compliance));
    }

    /// Starts to accept requests.
    public void accept() throws Exception {
        for (ServerConnector connector : connectors()) {
            server.addConnector(connector);
            server.manage(connector);
            connector.start();
        }
    }

    /// The address of the client whose request the calling thread runs; `null` if it runs none.
    public static @Nullable String currentClient() {
        return ClientRequests.current();
    }

    /// The name of the client that has sent a request: its address, or the first half of an IPv6 address. Behind a
    /// proxy it is the proxy, unless `http.trust-forwarded` is set.
    public static String client(Request request) {
        return ClientRequests.client(Request.getRemoteAddr(request));
    }

    /// The router to which applications are added.
    public Router router() {
        return router;
    }

    /// The settings of both ports.
    public HttpSettings settings() {
        return settings;
    }

    /// The Jetty server that the applications' contexts belong to.
    public Server jetty() {
        return server;
    }

    /// Whether clients of the TLS port are asked for a certificate.
    public boolean asksForCertificates() {
        return https != null && https.clients() != HttpsSettings.Clients.NONE;
    }

    /// The URL of the plain port.
    ///
    /// @throws IllegalStateException before [#bind]
    public URI url() {
        URI bound = url;
        if (bound == null) {
            throw new IllegalStateException("the port is not bound");
        }
        return bound;
    }

    /// The URL of the TLS port; empty if there is none, and before [#bind].
    public Optional<URI> secureUrl() {
        return Optional.ofNullable(secureUrl);
    }

    /// The URLs of all ports, the plain one first.
    ///
    /// @throws IllegalStateException before [#bind]
    public Stream<URI> urls() {
        return Stream.concat(Stream.of(url()), secureUrl().stream());
    }

    /// The requests that have ended, by context path; those of no application under `none`.
    public Map<String, RequestTotals> requests() {
        return requestMetrics.totals();
    }

    /// The number of open connections.
    public int connections() {
        return watch.connections();
    }

    /// Whether nearly all of `http.max-connections` are open.
    public boolean isCrowded() {
        return watch.isCrowded();
    }

    /// The checks of the server, of its ports and of its own threads.
    public List<HealthCheck> liveness() {
        List<HealthCheck> checks = new ArrayList<>();
        checks.add(HealthCheck.of("http", () -> !hasFailed()));
        checks.add(check);
        checks.add(watch.liveness());
        if (certificate != null) {
            checks.add(certificate.liveness());
        }
        return checks;
    }

    /// The certificate of HTTPS; empty without HTTPS.
    public Optional<CertificateStatus> certificate() {
        return Optional.ofNullable(certificate).map(CertificateWatch::status);
    }

    private boolean hasFailed() {
        return server.isFailed() || connectors().stream().anyMatch(ServerConnector::isFailed);
    }

    /// Serves requests for another `http.shutdown-delay`, and closes connections after their responses. Returns
    /// early if the thread is interrupted.
    public void awaitShutdownDelay() {
        shutdownDelay.begin();
        try {
            Thread.sleep(settings.shutdownDelay());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Closes the ports, waits up to `http.shutdown-timeout` for the requests in flight, and stops. Idempotent.
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
                log.debug("Connections are still open after {} ms", CLOSE_TIMEOUT.toMillis(), e);
            } else {
                log.warn("The HTTP server did not stop cleanly", e);
            }
        } finally {
            connectors().forEach(ServerConnector::close);
        }
    }

    /// Waits for the requests in flight, not for their connections. Jetty's own stop waits for both, and sometimes
    /// misses the end of a connection that closes at that moment.
    private void drain() throws InterruptedException {
        for (ServerConnector connector : connectors()) {
            CompletableFuture<Void> _ = connector.shutdown();
        }
        try {
            graceful.shutdown().get(settings.shutdownTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            log.warn(
                    "Aborting {} requests: still in flight after {} ms (http.shutdown-timeout)",
                    graceful.getCurrentRequestCount(),
                    settings.shutdownTimeout().toMillis());
        } catch (ExecutionException e) {
            log.warn("Cannot wait for the requests in flight", e);
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
