package dev.pier.sample;

import jakarta.annotation.Resource;
import java.lang.reflect.Field;

/// Injects resources into fields by type, as the server does.
final class Resources {
    private Resources() {}

    static void inject(Object into, Object... resources) throws IllegalAccessException {
        for (Field field : into.getClass().getDeclaredFields()) {
            if (field.isAnnotationPresent(Resource.class)) {
                field.setAccessible(true);
                for (Object resource : resources) {
                    if (field.getType().isInstance(resource)) {
                        field.set(into, resource);
                    }
                }
            }
        }
    }
}
