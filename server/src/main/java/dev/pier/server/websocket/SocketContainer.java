package dev.pier.server.websocket;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executor;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletCoreRequest;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerFrameHandlerFactory;
import org.eclipse.jetty.ee11.websocket.jakarta.server.internal.AnnotatedServerEndpointConfig;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.http.pathmap.PathMappings;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.exception.InvalidSignatureException;

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
    private static final String ATTRIBUTE = ServerContainer.class.getName();

    private final EndpointObjects objects;
    private final JakartaWebSocketServerFrameHandlerFactory handlers;
    private final PathMappings<EndpointNegotiator> endpoints = new PathMappings<>();
    private final Handshake handshake;

    /// Set at the first endpoint that cannot be added: none is added afterwards.
    private boolean failed;

    SocketContainer(EndpointObjects objects, WebSocketComponents components) {
        super(components);
        this.objects = objects;
        this.handlers = new JakartaWebSocketServerFrameHandlerFactory(this);
        this.handshake = new Handshake(components);
    }

    /// Starts the container with the context of its application, where frameworks find it.
    void startIn(ServletContext context) {
        ServletContextHandler handler = ServletContextHandler.getServletContextHandler(context);
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
        EndpointNegotiator endpoint = new EndpointNegotiator(config, handlers, objects);
        endpoint.checkConstructor();
        try {
            handlers.getMetadata(type, config);
        } catch (InvalidSignatureException e) {
            throw new DeploymentException(e.getMessage(), e);
        }
        return endpoint;
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
