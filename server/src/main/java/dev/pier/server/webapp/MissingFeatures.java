package dev.pier.server.webapp;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.eclipse.jetty.annotations.AnnotationParser;
import org.eclipse.jetty.ee11.annotations.AbstractDiscoverableAnnotationHandler;
import org.eclipse.jetty.ee11.webapp.Descriptor;
import org.eclipse.jetty.ee11.webapp.DescriptorProcessor;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.security.SecurityHandler;
import org.eclipse.jetty.xml.XmlParser;
import org.jspecify.annotations.Nullable;

/// What an application asks for and Pier does not offer. The application is not deployed; otherwise it would answer 404
/// or have an unbound name later.
///
/// *Threads.* Jetty scans classes on several threads; everything else is for the starting thread.
final class MissingFeatures implements DescriptorProcessor {
    private static final Set<String> ELEMENTS = Set.of(
            "administered-object",
            "connection-factory",
            "context-service",
            "data-source",
            "ejb-local-ref",
            "ejb-ref",
            "jms-connection-factory",
            "jms-destination",
            "mail-session",
            "managed-executor",
            "managed-scheduled-executor",
            "managed-thread-factory",
            "message-destination-ref",
            "persistence-context-ref",
            "persistence-unit-ref",
            "service-ref");

    private static final String SERVER_ENDPOINT = "jakarta.websocket.server.ServerEndpoint";

    private static final Set<String> ANNOTATIONS = Set.of(
            SERVER_ENDPOINT,
            "jakarta.annotation.sql.DataSourceDefinition",
            "jakarta.annotation.sql.DataSourceDefinitions",
            "jakarta.ejb.Singleton",
            "jakarta.ejb.Stateful",
            "jakarta.ejb.Stateless");

    /// The class that has each annotation.
    private final ConcurrentSkipListMap<String, String> annotated = new ConcurrentSkipListMap<>();

    /// @throws DeploymentException if a descriptor asks for something
    @Override
    public void process(WebAppContext context, @Nullable Descriptor descriptor) throws DeploymentException {
        if (descriptor == null) {
            return; // There is no web.xml.
        }
        for (Object node : descriptor.getRoot()) {
            if (node instanceof XmlParser.Node element && ELEMENTS.contains(element.getTag())) {
                String file = descriptor.getURI().replaceFirst(".*/", "");
                throw new DeploymentException(file + " asks for <" + element.getTag() + ">, which Pier does not offer");
            }
        }
    }

    /// Notes the annotations in the classes of an application.
    AbstractDiscoverableAnnotationHandler annotations(WebAppContext context) {
        return new AbstractDiscoverableAnnotationHandler(context) {
            @Override
            public void handle(AnnotationParser.ClassInfo type, String annotation) {
                if (ANNOTATIONS.contains(annotation)) {
                    annotated.put(annotation, type.getClassName());
                }
            }
        };
    }

    /// Checks the annotations that were found, and that there is a realm for `login-config`.
    ///
    /// @param hasWebSockets whether there is a WebSocket container for the application
    /// @throws DeploymentException if a class or `login-config` asks for something
    void check(boolean hasWebSockets, @Nullable SecurityHandler security) throws DeploymentException {
        if (hasWebSockets) {
            annotated.remove(SERVER_ENDPOINT);
        }
        if (!annotated.isEmpty()) {
            Map.Entry<String, String> first = annotated.firstEntry();
            if (first.getKey().equals(SERVER_ENDPOINT)) {
                throw new DeploymentException(first.getValue()
                        + " asks for @ServerEndpoint, but WebSockets are switched off (websocket.enabled)");
            }
            String annotation = first.getKey().replaceFirst(".*\\.", "");
            throw new DeploymentException(
                    first.getValue() + " asks for @" + annotation + ", which Pier does not offer");
        }
        if (security != null && security.getAuthenticationType() != null && security.getLoginService() == null) {
            throw new DeploymentException("login-config names the realm '" + security.getRealmName()
                    + "', which server.conf does not define");
        }
    }
}
