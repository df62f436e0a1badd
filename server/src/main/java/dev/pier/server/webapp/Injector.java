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

/// Fills the `@Inject` fields of servlets, filters and listeners, private and inherited ones too, and says at
/// deployment what it could not fill later. `@Resource` fields are filled by Jetty through JNDI; their names are
/// checked here, because Jetty's own complaint comes only with the first request.
///
/// Classes are decorated by whichever thread makes the first instance.
final class Injector implements Decorator {
    private final AppInjectables injectables;
    private final boolean foreignFieldsAllowed;

    /// @param foreignFieldsAllowed whether the application brings an injector of its own, which fills the other fields
    Injector(AppInjectables injectables, boolean foreignFieldsAllowed) {
        this.injectables = injectables;
        this.foreignFieldsAllowed = foreignFieldsAllowed;
    }

    @Override
    public <T> T decorate(T object) {
        for (Field field : fields(object.getClass())) {
            if (field.isAnnotationPresent(Inject.class) && isOurs(field)) {
                set(field, object);
            }
        }
        return object;
    }

    @Override
    public void destroy(Object object) {
        // What is injected outlives the application.
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
    /// @param existing tells whether JNDI knows a name that is not the server's: an `env-entry` of the application
    void check(Class<?> type, Predicate<String> existing) throws DeploymentException {
        for (Field field : fields(type)) {
            if (field.isAnnotationPresent(Inject.class) && isOurs(field)) {
                resolve(field);
            }
            @Nullable Resource resource = field.getAnnotation(Resource.class);
            if (resource != null
                    && !resource.name().isEmpty()
                    && resource.lookup().isEmpty()) {
                checkResource(field, resource.name(), existing);
            }
        }
    }

    private void checkResource(Field field, String name, Predicate<String> existing) throws DeploymentException {
        AppInjectables.@Nullable Injectable injectable = injectables.named(name).orElse(null);
        if (injectable != null && !field.getType().isInstance(injectable.object())) {
            throw new DeploymentException("@Resource(name = \"" + name + "\") is a "
                    + injectable.type().getName() + "; " + place(field) + " wants a "
                    + field.getType().getName());
        }
        if (injectable == null && !existing.test(name)) {
            throw new DeploymentException("there is no @Resource(name = \"" + name + "\") for " + place(field)
                    + "; there is " + injectables.names());
        }
    }

    private boolean isOurs(Field field) {
        return !foreignFieldsAllowed || !injectables.ofType(field.getType()).isEmpty();
    }

    private AppInjectables.Injectable resolve(Field field) throws DeploymentException {
        if (Modifier.isStatic(field.getModifiers()) || Modifier.isFinal(field.getModifiers())) {
            throw new DeploymentException("@Inject on " + place(field) + ": a static or final field cannot be filled");
        }
        List<AppInjectables.Injectable> candidates = injectables.ofType(field.getType());
        if (candidates.isEmpty()) {
            throw new DeploymentException("there is nothing of type "
                    + field.getType().getName() + " to @Inject into " + place(field) + "; there is " + injectables.names());
        }
        @Nullable Named named = field.getAnnotation(Named.class);
        if (named != null) {
            return candidates.stream()
                    .filter(it -> it.name().equals(named.value()))
                    .findFirst()
                    .orElseThrow(() -> new DeploymentException("there is no @Named(\"" + named.value()
                            + "\") to @Inject into " + place(field) + "; there is " + namesOf(candidates)));
        }
        if (candidates.size() > 1) {
            throw new DeploymentException(
                    "several objects fit @Inject " + place(field) + "; say which with @Named: " + namesOf(candidates));
        }
        return candidates.getFirst();
    }

    private static String namesOf(List<AppInjectables.Injectable> candidates) {
        return String.join(", ", candidates.stream().map(AppInjectables.Injectable::name).toList());
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
