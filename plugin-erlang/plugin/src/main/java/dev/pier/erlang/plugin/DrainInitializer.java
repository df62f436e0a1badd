package dev.pier.erlang.plugin;

import dev.pier.erlang.internal.ApplicationObject;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Closes the endless sources of an application, such as mailboxes that feed streams of events, when the
/// application begins to drain: the browsers of a replaced version reconnect to the new one.
final class DrainInitializer implements ServletContainerInitializer {
    /// The attribute in which the server gives the signal.
    private static final String DRAINING = "dev.pier.draining";

    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
        List<ApplicationObject> objects = Collections.list(context.getAttributeNames()).stream()
                .map(context::getAttribute)
                .filter(ApplicationObject.class::isInstance)
                .map(ApplicationObject.class::cast)
                .toList();
        if (context.getAttribute(DRAINING) instanceof CompletionStage<?> draining) {
            CompletionStage<Void> _ = draining.thenRun(() -> objects.forEach(ApplicationObject::applicationDrains));
        }
    }
}
