package dev.pier.server.webapp;

import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.jetty.util.Decorator;
import org.jspecify.annotations.Nullable;

/// Fills the `@Inject` fields of servlets, filters and listeners, including private and inherited ones, and checks at
/// deployment that every field can be filled.
///
/// Jetty fills the `@Resource` fields through JNDI. Their names are checked here too, because Jetty reports a missing
/// name only with the first request.
///
/// *Threads.* Safe for all threads; runs on the thread that creates an instance.
final class Injector implements Decorator {
    private final AppInjectables injectables;
    private final boolean hasOwnInjector;

    /// @param hasOwnInjector whether the application has an injector of its own, which fills the `@Inject` fields
    ///     of all other types
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
    /// @param isInJndi whether JNDI has a name that no plugin has bound: an `env-entry` of the application
    /// @throws DeploymentException if a field cannot be filled; names the field and the available objects
    void check(Class<?> type, Predicate<String> isInJndi) throws DeploymentException {
        for (Field field : fields(type)) {
            if (field.isAnnotationPresent(Inject.class) && isFilledHere(field)) {
                resolve(field);
            }
            @Nullable Resource resource = field.getAnnotation(Resource.class);
            if (resource != null
                    && !resource.name().isEmpty()
                    && resource.lookup().isEmpty()) {
                checkResource(field, resource.name(), isInJndi);
            }
        }
    }

    private void checkResource(Field field, String name, Predicate<String> isInJndi) throws DeploymentException {
        AppInjectables.@Nullable Injectable injectable = injectables.named(name).orElse(null);
        if (injectable != null && !field.getType().isInstance(injectable.object())) {
            throw new DeploymentException("@Resource(name = \"" + name + "\") has the type "
                    + injectable.type().getName() + ", but " + place(field) + " has the type "
                    + field.getType().getName());
        }
        if (injectable == null && !isInJndi.test(name)) {
            throw new DeploymentException("no @Resource(name = \"" + name + "\") for " + place(field) + "; available: "
                    + injectables.names());
        }
    }

    private boolean isFilledHere(Field field) {
        return !hasOwnInjector || !injectables.ofType(field.getType()).isEmpty();
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
        if (candidates.size() > 1) {
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
        return Stream.<Class<?>>iterate(type, it -> it != null && it != Object.class, Class::getSuperclass)
                .flatMap(it -> Arrays.stream(it.getDeclaredFields()))
                .toList();
    }
}
