package dev.pier.server.webapp;

import dev.pier.server.websocket.EndpointObjects;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.eclipse.jetty.util.DecoratedObjectFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates the objects of an application that are not part of the Servlet specification, such as WebSocket endpoints.
///
/// Jetty fills their `@Inject` fields through the decorators of the context, that of a CDI container in the application
/// included. It leaves their `@Resource` fields and the methods with `@PostConstruct` and `@PreDestroy` to this class.
///
/// *Threads.* Safe for all threads.
final class AppObjects implements EndpointObjects {
    private static final Logger log = LoggerFactory.getLogger(AppObjects.class);

    private final Injector injector;
    private final DecoratedObjectFactory jetty;

    AppObjects(Injector injector, DecoratedObjectFactory jetty) {
        this.injector = injector;
        this.jetty = jetty;
    }

    @Override
    public void check(Class<?> type) throws DeploymentException {
        injector.check(type);
        injector.checkResources(type);
        for (Class<? extends Annotation> annotation : List.of(PostConstruct.class, PreDestroy.class)) {
            for (Method method : methods(type, annotation)) {
                if (method.getParameterCount() > 0 || Modifier.isStatic(method.getModifiers())) {
                    throw new DeploymentException("the method " + type.getName() + "." + method.getName() + " with @"
                            + annotation.getSimpleName() + " has parameters or is static");
                }
            }
        }
    }

    @Override
    public <T> T create(Class<T> type) throws ReflectiveOperationException {
        T object = fill(type.getConstructor().newInstance());
        call(object, PostConstruct.class);
        return object;
    }

    @Override
    public <T> T fill(T object) {
        injector.fillResources(object);
        return jetty.decorate(object);
    }

    @Override
    public void destroy(Object object) {
        try {
            call(object, PreDestroy.class);
        } catch (ReflectiveOperationException e) {
            log.warn("The @PreDestroy method of {} failed", object.getClass().getName(), e);
        } finally {
            jetty.destroy(object);
        }
    }

    private static void call(Object object, Class<? extends Annotation> annotation)
            throws IllegalAccessException, InvocationTargetException {
        for (Method method : methods(object.getClass(), annotation)) {
            method.setAccessible(true);
            method.invoke(object);
        }
    }

    /// The methods with an annotation, those of superclasses first. A method that overrides another one is called
    /// once.
    private static List<Method> methods(Class<?> type, Class<? extends Annotation> annotation) {
        SequencedMap<String, Method> methods = new LinkedHashMap<>();
        for (Method method : Injector.methods(type)) {
            if (method.isAnnotationPresent(annotation)) {
                boolean overridable = !Modifier.isPrivate(method.getModifiers());
                methods.putIfAbsent(
                        (overridable ? "" : method.getDeclaringClass().getName() + ".") + method.getName(), method);
            }
        }
        return List.copyOf(methods.sequencedValues().reversed());
    }
}
