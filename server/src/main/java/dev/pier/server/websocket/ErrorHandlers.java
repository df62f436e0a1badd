package dev.pier.server.websocket;

import jakarta.websocket.DeploymentException;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import java.io.EOFException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.SocketException;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.security.Principal;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketFrameHandlerMetadata;
import org.eclipse.jetty.ee11.websocket.jakarta.common.UpgradeRequest;
import org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerFrameHandlerFactory;
import org.eclipse.jetty.ee11.websocket.jakarta.server.internal.JakartaServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.exception.CloseException;
import org.eclipse.jetty.websocket.core.exception.WebSocketTimeoutException;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.core.server.ServerUpgradeResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Jetty's handlers, which differ in two things.
///
/// An endpoint without a method for errors gets one. Jetty logs each error of such an endpoint as a warning, and
/// clients can cause any number of them: each one that goes away does.
///
/// A socket keeps what it needs of the request of its handshake. Jetty keeps the request, with its channel.
///
/// *Threads.* Safe for all threads.
final class ErrorHandlers extends JakartaWebSocketServerFrameHandlerFactory {
    private static final Logger log = LoggerFactory.getLogger(ErrorHandlers.class);

    private static final int MAX_CAUSES = 10;

    private static final MethodHandle LOG = find("log");

    ErrorHandlers(SocketContainer container) {
        super(container);
    }

    private static MethodHandle find(String method) {
        try {
            return MethodHandles.lookup()
                    .findStatic(
                            ErrorHandlers.class,
                            method,
                            MethodType.methodType(void.class, Object.class, Session.class, Throwable.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public JakartaWebSocketFrameHandlerMetadata getMetadata(Class<?> endpoint, EndpointConfig config)
            throws DeploymentException {
        JakartaWebSocketFrameHandlerMetadata metadata = super.getMetadata(endpoint, config);
        if (metadata != null && metadata.getErrorHandle() == null) {
            String[] variables = metadata.getNamedTemplateVariables();
            Class<?>[] values = new Class<?>[variables == null ? 0 : variables.length];
            Arrays.fill(values, String.class);
            // Jetty passes the values of the variables in the path too.
            metadata.setErrorHandler(MethodHandles.dropArguments(LOG, 1, values), LOG);
        }
        return metadata;
    }

    @Override
    public FrameHandler newFrameHandler(Object endpoint, ServerUpgradeRequest request, ServerUpgradeResponse response) {
        try {
            UpgradeRequest upgrade = new JakartaServerUpgradeRequest(request);
            return newJakartaWebSocketFrameHandler(
                    endpoint,
                    new Kept(upgrade.getUserPrincipal(), upgrade.getRequestURI(), upgrade.getPathInContext()));
        } catch (DeploymentException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /// The part of the handshake's request that a socket needs.
    private record Kept(@Nullable Principal getUserPrincipal, URI getRequestURI, String getPathInContext)
            implements UpgradeRequest {}

    /// Called through [#LOG], as a method of an endpoint would be.
    @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
    private static void log(Object endpoint, Session session, Throwable cause) {
        if (isOfClient(cause)) {
            log.debug("A socket of {} has ended", endpoint.getClass().getName(), cause);
        } else {
            log.warn("The endpoint {} has failed", endpoint.getClass().getName(), cause);
        }
    }

    /// Whether the client has caused an error: it has gone, is silent, does not read, or violates the protocol. An
    /// endpoint that closes a socket with 1011 has not failed; a failed one leaves a cause.
    private static boolean isOfClient(Throwable error) {
        return causes(error).anyMatch(ErrorHandlers::comesFromClient);
    }

    /// An error and its causes, outermost first; none for `null`.
    static Stream<Throwable> causes(@Nullable Throwable error) {
        return Stream.iterate(error, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES);
    }

    private static boolean comesFromClient(Throwable cause) {
        return cause instanceof EOFException
                || cause instanceof ClosedChannelException
                || cause instanceof SocketException
                || cause instanceof CharacterCodingException
                || cause instanceof TimeoutException
                || cause instanceof WebSocketTimeoutException
                || (cause instanceof CloseException close
                        && (close.getStatusCode() != CloseStatus.SERVER_ERROR || close.getCause() == null));
    }
}
