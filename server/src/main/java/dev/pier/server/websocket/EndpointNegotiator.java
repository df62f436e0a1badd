package dev.pier.server.websocket;

import jakarta.websocket.DeploymentException;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerEndpointConfig;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee11.websocket.jakarta.common.ConfiguredEndpoint;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketExtension;
import org.eclipse.jetty.ee11.websocket.jakarta.common.ServerEndpointConfigWrapper;
import org.eclipse.jetty.ee11.websocket.jakarta.server.internal.JsrHandshakeRequest;
import org.eclipse.jetty.ee11.websocket.jakarta.server.internal.JsrHandshakeResponse;
import org.eclipse.jetty.ee11.websocket.jakarta.server.internal.PathParamServerEndpointConfig;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;
import org.jspecify.annotations.Nullable;

/// Negotiates a handshake for one endpoint, with its configurator, and creates the instance of the endpoint.
///
/// SPEC: Jakarta WebSocket 2.2, section 3.2
///
/// *Threads.* Safe for all threads.
final class EndpointNegotiator {
    /// Creates the endpoints of the application whose handshake the calling thread runs.
    private static final ScopedValue<EndpointObjects> OBJECTS = ScopedValue.newInstance();

    private final ServerEndpointConfig config;
    private final SocketContainer container;
    private final EndpointObjects objects;

    /// Whether the configurator of the application returns instances of its own, which Pier does not end.
    private final boolean hasOwnInstances;

    EndpointNegotiator(ServerEndpointConfig config, SocketContainer container, EndpointObjects objects)
            throws DeploymentException {
        this.config = config;
        this.container = container;
        this.objects = objects;
        this.hasOwnInstances = hasOwnInstances(config.getConfigurator());
    }

    private static boolean hasOwnInstances(ServerEndpointConfig.Configurator configurator) throws DeploymentException {
        try {
            Class<?> owner = configurator
                    .getClass()
                    .getMethod("getEndpointInstance", Class.class)
                    .getDeclaringClass();
            return owner != ServerEndpointConfig.Configurator.class && owner != DefaultConfigurator.class;
        } catch (NoSuchMethodException e) {
            throw new DeploymentException(e.getMessage(), e);
        }
    }

    /// Checks that there can be instances.
    ///
    /// @throws DeploymentException if Pier cannot create one, and the configurator does not
    void checkConstructor() throws DeploymentException {
        Class<?> type = config.getEndpointClass();
        if (!Modifier.isPublic(type.getModifiers())) {
            throw new DeploymentException(type.getName() + " is an endpoint, but not public");
        }
        if (hasOwnInstances) {
            return;
        }
        try {
            Constructor<?> _ = type.getConstructor();
        } catch (NoSuchMethodException _) {
            throw new DeploymentException(
                    type.getName() + " is an endpoint, but has no public constructor without parameters");
        }
    }

    /// The instance that a configurator of the application asks its superclass for.
    static <T> T create(Class<T> type) throws InstantiationException {
        try {
            return OBJECTS.isBound()
                    ? OBJECTS.get().create(type)
                    : type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            InstantiationException failure = new InstantiationException(type.getName());
            failure.initCause(e);
            throw failure;
        }
    }

    /// @param parameters the values of the variables in the endpoint's path
    Negotiation with(Map<String, String> parameters) {
        return new Negotiation(parameters);
    }

    /// The negotiation of one handshake.
    ///
    /// *Threads.* For the thread of the request; [#abandon] can be called by others.
    final class Negotiation implements WebSocketNegotiator {
        private final Map<String, String> parameters;

        private volatile @Nullable SocketHandler socket;

        private Negotiation(Map<String, String> parameters) {
            this.parameters = parameters;
        }

        /// Ends the socket if it was not opened.
        void abandon() {
            SocketHandler negotiated = socket;
            if (negotiated != null) {
                negotiated.abandon();
            }
        }

        @Override
        public FrameHandler negotiate(ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
            ServerEndpointConfig own = new PathParamServerEndpointConfig(new OwnConfig(config), parameters);
            // As in other servers: not part of the specification, but applications look for them.
            Map<String, Object> properties = own.getUserProperties();
            ConnectionMetaData connection = request.getConnectionMetaData();
            properties.put("jakarta.websocket.endpoint.localAddress", connection.getLocalSocketAddress());
            properties.put("jakarta.websocket.endpoint.remoteAddress", connection.getRemoteSocketAddress());
            properties.put(SocketProperties.QUEUE, container.settings().queue());
            properties.put(SocketProperties.CREDIT, container.settings().credit());
            ServerEndpointConfig.Configurator configurator = config.getConfigurator();
            if (!configurator.checkOrigin(request.getHeaders().get(HttpHeader.ORIGIN))) {
                throw Refusal.origin("the application does not accept it").thrown();
            }
            String subprotocol =
                    configurator.getNegotiatedSubprotocol(config.getSubprotocols(), request.getSubProtocols());
            if (subprotocol != null && !subprotocol.isBlank()) {
                response.setAcceptedSubProtocol(subprotocol);
            }
            response.setExtensions(extensions(configurator, request));
            request.setAttribute("jakarta.websocket.server.pathParams", parameters);
            configurator.modifyHandshake(own, new JsrHandshakeRequest(request), new JsrHandshakeResponse(response));
            Places.Place place = container.admit(request);
            try {
                SocketHandler opening = open(own, place, request, response);
                socket = opening;
                return opening;
            } catch (Throwable t) {
                place.leave();
                throw t;
            }
        }
    }

    private SocketHandler open(
            ServerEndpointConfig own,
            Places.Place place,
            ServerUpgradeRequest request,
            ServerUpgradeResponse response) {
        @Nullable Object created = null;
        try {
            Object endpoint = ScopedValue.where(OBJECTS, objects)
                    .call(() -> config.getConfigurator().getEndpointInstance(config.getEndpointClass()));
            created = hasOwnInstances ? null : endpoint;
            ConfiguredEndpoint configured = new ConfiguredEndpoint(endpoint, own);
            FrameHandler handler = hasOwnInstances
                    ? container.getFrameHandlerFactory().newFrameHandler(configured, request, response)
                    : ObjectFactory.withFilled(
                            endpoint,
                            () -> container.getFrameHandlerFactory().newFrameHandler(configured, request, response));
            return new SocketHandler(
                    handler, container, place, hasOwnInstances ? () -> {} : () -> objects.destroy(endpoint));
        } catch (Exception e) {
            if (created != null) {
                objects.destroy(created);
            }
            throw new IllegalStateException(
                    "cannot create the endpoint " + config.getEndpointClass().getName(), e);
        }
    }

    /// The extensions for a socket. Compression starts afresh with each message, so that an idle socket holds no
    /// compressor: see [MessageDeflate].
    private static List<ExtensionConfig> extensions(
            ServerEndpointConfig.Configurator configurator, ServerUpgradeRequest request) {
        List<Extension> offered = new ArrayList<>();
        request.getExtensions().forEach(it -> offered.add(new JakartaWebSocketExtension(it)));
        List<ExtensionConfig> chosen = new ArrayList<>();
        for (Extension extension : configurator.getNegotiatedExtensions(Handshake.EXTENSIONS, offered)) {
            ExtensionConfig parameters = new ExtensionConfig(extension.getName());
            extension.getParameters().forEach(it -> parameters.setParameter(it.getName(), it.getValue()));
            if (extension.getName().equals(Handshake.DEFLATE)) {
                parameters.setParameter("server_no_context_takeover");
                parameters.setParameter("client_no_context_takeover");
            }
            chosen.add(parameters);
        }
        return chosen;
    }

    /// The configuration of one socket, with properties of its own.
    private static final class OwnConfig extends ServerEndpointConfigWrapper {
        private final Map<String, Object> properties;

        OwnConfig(ServerEndpointConfig config) {
            super(config);
            this.properties = new HashMap<>(config.getUserProperties());
        }

        @Override
        public Map<String, Object> getUserProperties() {
            return properties;
        }
    }
}
