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
import org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerFrameHandlerFactory;
import org.eclipse.jetty.ee11.websocket.jakarta.server.internal.JsrHandshakeRequest;
import org.eclipse.jetty.ee11.websocket.jakarta.server.internal.JsrHandshakeResponse;
import org.eclipse.jetty.ee11.websocket.jakarta.server.internal.PathParamServerEndpointConfig;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.core.server.WebSocketNegotiator;

/// Negotiates a handshake for one endpoint, with its configurator, and creates the instance of the endpoint.
///
/// SPEC: Jakarta WebSocket 2.2, section 3.2
///
/// *Threads.* Safe for all threads.
final class EndpointNegotiator {
    /// Creates the endpoints of the application whose handshake the calling thread runs.
    private static final ScopedValue<EndpointObjects> OBJECTS = ScopedValue.newInstance();

    private final ServerEndpointConfig config;
    private final JakartaWebSocketServerFrameHandlerFactory handlers;
    private final EndpointObjects objects;

    /// Whether the configurator of the application returns instances of its own, which Pier does not end.
    private final boolean hasOwnInstances;

    EndpointNegotiator(
            ServerEndpointConfig config, JakartaWebSocketServerFrameHandlerFactory handlers, EndpointObjects objects)
            throws DeploymentException {
        this.config = config;
        this.handlers = handlers;
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
        } catch (NoSuchMethodException e) {
            throw new DeploymentException(
                    type.getName() + " is an endpoint, but has no public constructor without parameters", e);
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
    WebSocketNegotiator with(Map<String, String> parameters) {
        return (request, response, _) -> negotiate(request, response, parameters);
    }

    private FrameHandler negotiate(
            ServerUpgradeRequest request, ServerUpgradeResponse response, Map<String, String> parameters) {
        ServerEndpointConfig own = new PathParamServerEndpointConfig(new OwnConfig(config), parameters);
        ServerEndpointConfig.Configurator configurator = config.getConfigurator();
        if (!configurator.checkOrigin(request.getHeaders().get(HttpHeader.ORIGIN))) {
            throw Refusal.origin("the application does not accept it").thrown();
        }
        String subprotocol = configurator.getNegotiatedSubprotocol(config.getSubprotocols(), request.getSubProtocols());
        if (subprotocol != null && !subprotocol.isBlank()) {
            response.setAcceptedSubProtocol(subprotocol);
        }
        response.setExtensions(extensions(configurator, request));
        request.setAttribute("jakarta.websocket.server.pathParams", parameters);
        configurator.modifyHandshake(own, new JsrHandshakeRequest(request), new JsrHandshakeResponse(response));
        try {
            return ScopedValue.where(OBJECTS, objects).call(() -> handler(own, request, response));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(
                    "cannot create the endpoint " + config.getEndpointClass().getName(), e);
        }
    }

    private FrameHandler handler(ServerEndpointConfig own, ServerUpgradeRequest request, ServerUpgradeResponse response)
            throws Exception {
        Object endpoint = config.getConfigurator().getEndpointInstance(config.getEndpointClass());
        if (hasOwnInstances) {
            return handlers.newFrameHandler(new ConfiguredEndpoint(endpoint, own), request, response);
        }
        FrameHandler handler = ObjectFactory.withFilled(
                endpoint, () -> handlers.newFrameHandler(new ConfiguredEndpoint(endpoint, own), request, response));
        return handler;
    }

    private static List<ExtensionConfig> extensions(
            ServerEndpointConfig.Configurator configurator, ServerUpgradeRequest request) {
        List<Extension> offered = new ArrayList<>();
        request.getExtensions().forEach(it -> offered.add(new JakartaWebSocketExtension(it)));
        List<ExtensionConfig> chosen = new ArrayList<>();
        for (Extension extension : configurator.getNegotiatedExtensions(Handshake.EXTENSIONS, offered)) {
            ExtensionConfig parameters = new ExtensionConfig(extension.getName());
            extension.getParameters().forEach(it -> parameters.setParameter(it.getName(), it.getValue()));
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
