package dev.pier.server.webapp;

import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.naming.NamingException;
import org.eclipse.jetty.util.Decorator;
import org.jspecify.annotations.Nullable;

/// Fills the `@Inject` fields of servlets, filters and listeners, including private and inherited ones, and checks at
/// deployment that every field can be filled.
///
/// Jetty fills their `@Resource` fields through JNDI. Their names are checked here too, because Jetty reports a missing
/// name only with the first request. For objects that Jetty does not fill, [#fillResources] does.
///
/// *Threads.* Safe for all threads; runs on the thread that creates an instance.
final class Injector implements Decorator {
    private final AppInjectables injectables;
    private final boolean hasOwnInjector;

    /// @param hasOwnInjector whether the application has an injector of its own, which fills the `@Inject` fields
    ///     of all other types, and of those of the JDK
    Injector(AppInjectables injectables, boolean hasOwnInjector) {
        this.injectables = injectables;
        this.hasOwnInjector = hasOwnInjector;
    }

    @Override
    public <T> T decorate(T object) {
        for (Field field : fields(object.getClass())) {
            if (field.isAnnotationPresent(Inject.class) && isFilledHere(field)) {
                set(field, object);
            }
        }
        return object;
    }

    @Override
    public void destroy(Object object) {
        // The injected objects are closed after the application has ended.
    }

    private void set(Field field, Object object) {
        try {
            field.setAccessible(true);
            field.set(object, resolve(field).object());
        } catch (DeploymentException | IllegalAccessException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /// Checks that every field of a class can be filled.
    ///
    /// @throws DeploymentException if a field cannot be filled; names the field and the available objects
    void check(Class<?> type) throws DeploymentException {
        for (Field field : fields(type)) {
            if (field.isAnnotationPresent(Inject.class) && isFilledHere(field)) {
                resolve(field);
            }
            @Nullable Resource resource = field.getAnnotation(Resource.class);
            if (resource != null
                    && !resource.name().isEmpty()
                    && resource.lookup().isEmpty()) {
                checkResource(field, resource.name());
            }
        }
    }

    private void checkResource(Field field, String name) throws DeploymentException {
        AppInjectables.@Nullable Injectable injectable = injectables.named(name).orElse(null);
        if (injectable != null && !field.getType().isInstance(injectable.object())) {
            throw new DeploymentException("@Resource(name = \"" + name + "\") has the type "
                    + injectable.type().getName() + ", but " + place(field) + " has the type "
                    + field.getType().getName());
        }
        if (injectable == null && !Jndi.isInApplication(name)) {
            throw new DeploymentException("no @Resource(name = \"" + name + "\") for " + place(field) + "; available: "
                    + injectables.names());
        }
    }

    /// Fills the `@Resource` fields of an object, for which [#checkResources] has been called.
    void fillResources(Object object) {
        for (Field field : fields(object.getClass())) {
            @Nullable Resource resource = field.getAnnotation(Resource.class);
            if (resource != null) {
                try {
                    field.setAccessible(true);
                    field.set(object, find(field, resource));
                } catch (NamingException | IllegalAccessException e) {
                    throw new IllegalStateException("cannot fill @Resource " + place(field) + ": " + e, e);
                }
            }
        }
    }

    /// Checks what only [#fillResources] needs.
    ///
    /// @throws DeploymentException if a field cannot be filled, or a method has the annotation
    void checkResources(Class<?> type) throws DeploymentException {
        for (Field field : fields(type)) {
            @Nullable Resource resource = field.getAnnotation(Resource.class);
            if (resource == null) {
                continue;
            }
            if (Modifier.isStatic(field.getModifiers()) || Modifier.isFinal(field.getModifiers())) {
                throw new DeploymentException(
                        "cannot fill @Resource " + place(field) + ": the field is static or final");
            }
            try {
                Object object = find(field, resource);
                if (!field.getType().isInstance(object)) {
                    throw new DeploymentException("@Resource " + place(field) + " has the type "
                            + field.getType().getName() + ", but the object is a "
                            + object.getClass().getName());
                }
            } catch (NamingException e) {
                throw new DeploymentException("no object for @Resource " + place(field) + ": " + e.getMessage()
                        + "; available: " + injectables.names());
            }
        }
        for (Method method : methods(type)) {
            if (method.isAnnotationPresent(Resource.class)) {
                throw new DeploymentException("@Resource on the method "
                        + method.getDeclaringClass().getName() + "." + method.getName()
                        + " is for servlets only; use it on a field");
            }
        }
    }

    private Object find(Field field, Resource resource) throws NamingException {
        if (!resource.lookup().isEmpty()) {
            return Jndi.lookup(resource.lookup());
        }
        String name = resource.name().isEmpty()
                ? field.getDeclaringClass().getName() + "/" + field.getName()
                : resource.name();
        Optional<AppInjectables.Injectable> injectable = injectables.named(name);
        return injectable.isPresent() ? injectable.get().object() : Jndi.inApplication(name);
    }

    /// An injector of the application fills fields of the JDK's types as well: a `DataSource` may be its own.
    private boolean isFilledHere(Field field) {
        return !hasOwnInjector
                || (!isOfJdk(field.getType())
                        && !injectables.ofType(field.getType()).isEmpty());
    }

    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
    }

    private AppInjectables.Injectable resolve(Field field) throws DeploymentException {
        if (Modifier.isStatic(field.getModifiers()) || Modifier.isFinal(field.getModifiers())) {
            throw new DeploymentException("cannot @Inject into " + place(field) + ": the field is static or final");
        }
        List<AppInjectables.Injectable> candidates = injectables.ofType(field.getType());
        if (candidates.isEmpty()) {
            throw new DeploymentException("no object of type " + field.getType().getName() + " to @Inject into "
                    + place(field) + "; available: " + injectables.names());
        }
        @Nullable Named named = field.getAnnotation(Named.class);
        if (named != null) {
            return candidates.stream()
                    .filter(it -> it.name().equals(named.value()))
                    .findFirst()
                    .orElseThrow(() -> new DeploymentException("no @Named(\"" + named.value() + "\") to @Inject into "
                            + place(field) + "; available: " + namesOf(candidates)));
        }
        if (candidates.stream()
                        .map(AppInjectables.Injectable::object)
                        .distinct()
                        .count()
                > 1) {
            throw new DeploymentException("several objects to @Inject into " + place(field)
                    + "; choose one with @Named: " + namesOf(candidates));
        }
        return candidates.getFirst();
    }

    private static String namesOf(List<AppInjectables.Injectable> candidates) {
        return String.join(
                ", ", candidates.stream().map(AppInjectables.Injectable::name).toList());
    }

    private static String place(Field field) {
        return field.getDeclaringClass().getName() + "." + field.getName();
    }

    private static List<Field> fields(Class<?> type) {
        return hierarchy(type)
                .flatMap(it -> Arrays.stream(it.getDeclaredFields()))
                .toList();
    }

    /// The methods of a class and its superclasses, those of subclasses first.
    static List<Method> methods(Class<?> type) {
        return hierarchy(type)
                .flatMap(it -> Arrays.stream(it.getDeclaredMethods()))
                .toList();
    }

    private static Stream<Class<?>> hierarchy(Class<?> type) {
        return Stream.iterate(type, it -> it != null && it != Object.class, Class::getSuperclass);
    }
}
