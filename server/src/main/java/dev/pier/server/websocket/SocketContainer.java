package dev.pier.server.websocket;

import dev.pier.server.http.HttpServer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletCoreRequest;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketFrameHandlerMetadata;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketMessageMetadata;
import org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerFrameHandlerFactory;
import org.eclipse.jetty.ee11.websocket.jakarta.server.internal.AnnotatedServerEndpointConfig;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.http.pathmap.PathMappings;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.exception.InvalidSignatureException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The WebSocket container of one version of an application: its endpoints and its open sockets.
///
/// It uses Jetty's implementation of frames, sessions, encoders and decoders, and has its own creation of endpoints,
/// because Jetty does not fill all fields of an endpoint.
///
/// *Threads.* Endpoints are added by the starting thread; everything else is safe for all threads. The methods of
/// endpoints run on virtual threads.
///
/// *Lifecycle.* Starts with the context of the application and stops with it.
public final class SocketContainer extends JakartaWebSocketClientContainer implements ServerContainer {
    private static final Logger log = LoggerFactory.getLogger(SocketContainer.class);

    static final String ATTRIBUTE = ServerContainer.class.getName();

    /// How long the endpoints may take to end, after their clients have gone.
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final WebSockets all;
    private final Traffic traffic;
    private final EndpointObjects objects;
    private final ErrorHandlers handlers;
    private final PathMappings<EndpointNegotiator> endpoints = new PathMappings<>();
    private final Handshake handshake;
    private final Set<SocketHandler> open = ConcurrentHashMap.newKeySet();

    /// Notified when the last socket has closed.
    private final Object closes = new Object();

    private volatile @Nullable CloseStatus closing;
    private volatile @Nullable ServletContextHandler context;

    /// Set at the first endpoint that cannot be added: none is added afterwards.
    private boolean failed;

    SocketContainer(WebSockets all, Traffic traffic, EndpointObjects objects, WebSocketComponents components) {
        super(components);
        WebSocketSettings settings = all.settings();
        this.all = all;
        this.traffic = traffic;
        this.objects = objects;
        this.handlers = new ErrorHandlers(this);
        this.handshake = new Handshake(components, settings, defaultCustomizer);
        setDefaultMaxTextMessageBufferSize(settings.maxMessage());
        setDefaultMaxBinaryMessageBufferSize(settings.maxMessage());
        setDefaultMaxSessionIdleTimeout(settings.idleTimeout().toMillis());
        setAsyncSendTimeout(settings.sendTimeout().toMillis());
    }

    /// Starts the container with the context of its application, where frameworks find it.
    void startIn(ServletContext context) {
        ServletContextHandler handler = ServletContextHandler.getServletContextHandler(context);
        this.context = handler;
        handler.addManaged(getWebSocketComponents());
        handler.addManaged(this);
        context.setAttribute(ATTRIBUTE, this);
    }

    /// The initializer that adds the endpoints which the application declares.
    public EndpointInitializer initializer() {
        return new EndpointInitializer(this);
    }

    /// The filter that opens sockets, which belongs behind all filters of the application.
    public UpgradeFilter filter() {
        return new UpgradeFilter(this);
    }

    @Override
    public void addEndpoint(Class<?> type) throws DeploymentException {
        ServerEndpoint annotation = type.getAnnotation(ServerEndpoint.class);
        if (annotation == null) {
            throw new DeploymentException(type.getName() + " has no @ServerEndpoint");
        }
        add(annotated(type, annotation, defaults(type, annotation.value())));
    }

    @Override
    public void addEndpoint(ServerEndpointConfig config) throws DeploymentException {
        add(merged(config));
    }

    private static ServerEndpointConfig defaults(Class<?> type, String path) {
        return ServerEndpointConfig.Builder.create(type, path)
                .configurator(new DefaultConfigurator())
                .build();
    }

    /// The configuration of an endpoint that may have an annotation too.
    private ServerEndpointConfig merged(ServerEndpointConfig config) throws DeploymentException {
        objects.fill(config.getConfigurator());
        ServerEndpoint annotation = config.getEndpointClass().getAnnotation(ServerEndpoint.class);
        return annotation == null ? config : annotated(config.getEndpointClass(), annotation, config);
    }

    private ServerEndpointConfig annotated(Class<?> type, ServerEndpoint annotation, ServerEndpointConfig config)
            throws DeploymentException {
        check(annotation.configurator());
        return new AnnotatedServerEndpointConfig(this, type, annotation, config);
    }

    private void add(ServerEndpointConfig config) throws DeploymentException {
        if (failed) {
            throw new DeploymentException("an endpoint before this one could not be added");
        }
        try {
            EndpointNegotiator endpoint = negotiator(config);
            UriTemplatePathSpec path = new UriTemplatePathSpec(config.getPath());
            if (endpoints.get(path) != null) {
                throw new DeploymentException("two endpoints have the path " + config.getPath());
            }
            endpoints.put(path, endpoint);
        } catch (IllegalArgumentException e) {
            failed = true;
            throw new DeploymentException(
                    config.getEndpointClass().getName() + " has an invalid path: " + e.getMessage(), e);
        } catch (DeploymentException | RuntimeException e) {
            failed = true;
            throw e;
        }
    }

    private EndpointNegotiator negotiator(ServerEndpointConfig config) throws DeploymentException {
        Class<?> type = config.getEndpointClass();
        if (!Endpoint.class.isAssignableFrom(type) && !type.isAnnotationPresent(ServerEndpoint.class)) {
            throw new DeploymentException(type.getName() + " neither extends Endpoint nor has @ServerEndpoint");
        }
        check(type);
        for (Class<?> encoder : config.getEncoders()) {
            check(encoder);
        }
        for (Class<?> decoder : config.getDecoders()) {
            check(decoder);
        }
        EndpointNegotiator endpoint = new EndpointNegotiator(config, this, objects);
        endpoint.checkConstructor();
        try {
            checkSizes(type, handlers.getMetadata(type, config));
        } catch (InvalidSignatureException e) {
            throw new DeploymentException(e.getMessage(), e);
        }
        return endpoint;
    }

    /// Refuses an endpoint that is made for larger messages than there can be.
    private void checkSizes(Class<?> type, JakartaWebSocketFrameHandlerMetadata methods) throws DeploymentException {
        checkSize(type, methods.getTextMetadata());
        checkSize(type, methods.getBinaryMetadata());
    }

    private void checkSize(Class<?> type, @Nullable JakartaWebSocketMessageMetadata method) throws DeploymentException {
        int limit = all.settings().maxMessage();
        if (method != null && method.isMaxMessageSizeSet() && method.getMaxMessageSize() > limit) {
            throw new DeploymentException(type.getName() + " asks for messages of " + method.getMaxMessageSize()
                    + " bytes with maxMessageSize, more than " + limit + " (websocket.max-message)");
        }
    }

    private void check(Class<?> type) throws DeploymentException {
        try {
            objects.check(type);
        } catch (Exception e) {
            throw new DeploymentException(e.getMessage(), e);
        }
    }

    /// Opens a socket if the request is for an endpoint.
    ///
    /// @return whether it is; the response is complete
    boolean upgrade(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Request core = ServletCoreRequest.wrap(request);
        MatchedResource<EndpointNegotiator> matched = endpoints.getMatched(Request.getPathInContext(core));
        if (matched == null) {
            return false;
        }
        Map<String, String> parameters =
                ((UriTemplatePathSpec) matched.getPathSpec()).getPathParams(Request.getPathInContext(core));
        handshake.perform(matched.getResource().with(parameters), core, request, response);
        return true;
    }

    @Override
    public void upgradeHttpToWebSocket(
            Object request, Object response, ServerEndpointConfig config, Map<String, String> parameters)
            throws IOException, DeploymentException {
        HttpServletRequest servletRequest = (HttpServletRequest) request;
        handshake.perform(
                negotiator(merged(config)).with(parameters),
                ServletCoreRequest.wrap(servletRequest),
                servletRequest,
                (HttpServletResponse) response);
    }

    WebSocketSettings settings() {
        return all.settings();
    }

    Traffic traffic() {
        return traffic;
    }

    /// Takes a place for a socket of a client.
    ///
    /// @throws Refusal.Thrown if all places are taken, or the application is being replaced
    Places.Place admit(Request request) {
        if (closing != null) {
            throw Refusal.unavailable("The application is being replaced or stopped")
                    .thrown();
        }
        return all.places().take(HttpServer.client(request));
    }

    void opened(SocketHandler socket) {
        open.add(socket);
        traffic.opened();
    }

    /// Closes a socket that was opened while the others were being closed.
    void closeIfClosing(SocketHandler socket) {
        CloseStatus status = closing;
        if (status != null) {
            socket.close(status);
        }
    }

    /// @param code of the first close frame; 0 if the socket was never opened
    void closed(SocketHandler socket, int code) {
        if (open.remove(socket)) {
            traffic.closed(code);
        }
        if (closing != null && open.isEmpty()) {
            synchronized (closes) {
                closes.notifyAll();
            }
        }
    }

    /// Runs a call with the application's class loader.
    void run(Runnable call) {
        Objects.requireNonNull(context).getContext().run(call);
    }

    /// Closes all sockets, and refuses new ones. Waits until their endpoints know it, and for a client that does not
    /// answer at most [SocketSession#LINGER].
    ///
    /// @param code of the close frames
    public void closeAll(int code, String reason) throws InterruptedException {
        CloseStatus status = new CloseStatus(code, reason);
        closing = status;
        open.forEach(socket -> socket.close(status));
        if (!awaitClosed(SocketSession.LINGER.plus(CLOSE_TIMEOUT))) {
            log.warn(
                    "{} sockets of {} have not ended: their endpoints have not returned within {} s",
                    open.size(),
                    Objects.requireNonNull(context).getContextPath(),
                    CLOSE_TIMEOUT.toSeconds());
        }
    }

    private boolean awaitClosed(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (closes) {
            while (!open.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(closes, left);
            }
            return true;
        }
    }

    /// Forgets the container, whether it has started or not.
    public void end() {
        all.remove(this);
    }

    @Override
    public JakartaWebSocketServerFrameHandlerFactory getFrameHandlerFactory() {
        return handlers;
    }

    @Override
    public Executor getExecutor() {
        return components.getExecutor();
    }

    @Override
    protected void doClientStart() {
        // The context starts and stops this container; a container of a client alone would look for one.
    }

    @Override
    protected void doClientStop() {}
}
