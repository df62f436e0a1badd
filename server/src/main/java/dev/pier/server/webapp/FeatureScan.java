package dev.pier.server.webapp;

import org.eclipse.jetty.ee11.annotations.AnnotationConfiguration;
import org.eclipse.jetty.ee11.webapp.Configuration;
import org.eclipse.jetty.ee11.webapp.WebAppContext;

/// Jetty's scan for annotations, which also finds those of [MissingFeatures]. Jetty loads it as a service.
///
/// *Threads.* Safe for all threads.
public final class FeatureScan extends AnnotationConfiguration {
    @Override
    public Class<? extends Configuration> replaces() {
        return AnnotationConfiguration.class;
    }

    @Override
    protected void scanForAnnotations(WebAppContext context, State state) throws Exception {
        if (context instanceof IsolatedContext isolated) {
            state._discoverableAnnotationHandlers.add(isolated.missingFeatures().annotations(context));
        }
        super.scanForAnnotations(context, state);
    }
}
