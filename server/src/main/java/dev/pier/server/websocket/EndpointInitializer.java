package dev.pier.server.websocket;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.HandlesTypes;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.server.ServerApplicationConfig;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Adds the endpoints of an application that its classes declare: with `@ServerEndpoint`, or with a
/// [ServerApplicationConfig], which chooses among them. The application adds others itself, through the
/// `jakarta.websocket.server.ServerContainer` in its context.
///
/// SPEC: Jakarta WebSocket 2.2, section 6.2
///
/// *Threads.* For the starting thread.
@HandlesTypes({ServerApplicationConfig.class, ServerEndpoint.class, Endpoint.class})
public final class EndpointInitializer implements ServletContainerInitializer {
    private final SocketContainer container;

    EndpointInitializer(SocketContainer container) {
        this.container = container;
    }

    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) throws ServletException {
        container.startIn(context);
        Set<Class<?>> found = classes == null ? Set.of() : classes;
        Set<Class<?>> annotated = new HashSet<>();
        Set<Class<? extends Endpoint>> endpoints = new HashSet<>();
        Set<Class<? extends ServerApplicationConfig>> chooses = new HashSet<>();
        for (Class<?> type : found) {
            if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
                continue;
            }
            if (type.isAnnotationPresent(ServerEndpoint.class)) {
                annotated.add(type);
            }
            if (Endpoint.class.isAssignableFrom(type)) {
                endpoints.add(type.asSubclass(Endpoint.class));
            }
            if (ServerApplicationConfig.class.isAssignableFrom(type)) {
                chooses.add(type.asSubclass(ServerApplicationConfig.class));
            }
        }
        try {
            if (chooses.isEmpty()) {
                addAll(annotated, Set.of());
            }
            for (Class<? extends ServerApplicationConfig> type : chooses) {
                ServerApplicationConfig choice = type.getConstructor().newInstance();
                addAll(
                        orNone(choice.getAnnotatedEndpointClasses(annotated)),
                        orNone(choice.getEndpointConfigs(endpoints)));
            }
        } catch (ReflectiveOperationException | DeploymentException e) {
            throw new ServletException(e);
        }
    }

    private void addAll(Set<Class<?>> annotated, Set<ServerEndpointConfig> configured) throws DeploymentException {
        for (ServerEndpointConfig config : configured) {
            container.addEndpoint(config);
        }
        for (Class<?> type : annotated) {
            container.addEndpoint(type);
        }
    }

    private static <T> Set<T> orNone(@Nullable Set<T> set) {
        return set == null ? Set.of() : set;
    }
}
