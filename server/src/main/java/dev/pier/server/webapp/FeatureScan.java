package dev.pier.server.webapp;

import jakarta.servlet.ServletContainerInitializer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.ee11.annotations.AnnotationConfiguration;
import org.eclipse.jetty.ee11.webapp.Configuration;
import org.eclipse.jetty.ee11.webapp.WebAppContext;

/// Jetty's scan for annotations, which also finds those of [MissingFeatures], and WebSocket endpoints. Jetty loads it
/// as a service.
///
/// *Threads.* Safe for all threads.
public final class FeatureScan extends AnnotationConfiguration {
    @Override
    public Class<? extends Configuration> replaces() {
        return AnnotationConfiguration.class;
    }

    /// Runs the server's own initializers before those of the application: frameworks look for what they leave.
    @Override
    protected List<ServletContainerInitializer> getNonExcludedInitializers(State state) {
        List<ServletContainerInitializer> initializers = new ArrayList<>();
        if (state._context instanceof IsolatedContext isolated) {
            initializers.addAll(isolated.prepare());
        }
        initializers.addAll(super.getNonExcludedInitializers(state));
        return initializers;
    }

    @Override
    protected void scanForAnnotations(WebAppContext context, State state) throws Exception {
        if (context instanceof IsolatedContext isolated) {
            state._discoverableAnnotationHandlers.add(isolated.missingFeatures().annotations(context));
        }
        super.scanForAnnotations(context, state);
    }
}
