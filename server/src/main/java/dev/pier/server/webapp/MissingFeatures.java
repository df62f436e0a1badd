package dev.pier.server.webapp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.annotations.AnnotationParser;
import org.eclipse.jetty.ee11.annotations.AbstractDiscoverableAnnotationHandler;
import org.eclipse.jetty.ee11.webapp.Descriptor;
import org.eclipse.jetty.ee11.webapp.DescriptorProcessor;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
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
            "jakarta.ejb.Stateless",
            "javax.servlet.annotation.WebFilter",
            "javax.servlet.annotation.WebListener",
            "javax.servlet.annotation.WebServlet");

    private static final Pattern PAGE = Pattern.compile("\\.jspx?$", Pattern.CASE_INSENSITIVE);

    /// Files by which an application configures Jetty.
    private static final List<String> JETTY_FILES = List.of("jetty-web.xml", "jetty-ee11-web.xml");

    private static final String OLD_SERVLETS = "javax.servlet.";

    /// A class of the application itself that is written for `javax.servlet`.
    private final AtomicReference<@Nullable String> old = new AtomicReference<>();

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
            public void handle(AnnotationParser.ClassInfo type) {
                // Libraries may have such classes for other servers.
                if (type.getContainingResource().getURI().toString().matches(".*/WEB-INF/classes/?")
                        && (isOld(type.getSuperName())
                                || Stream.of(type.getInterfaces()).anyMatch(it -> isOld(it)))) {
                    old.set(type.getClassName());
                }
            }

            @Override
            public void handle(AnnotationParser.ClassInfo type, String annotation) {
                if (ANNOTATIONS.contains(annotation)) {
                    annotated.put(annotation, type.getClassName());
                }
            }
        };
    }

    private static boolean isOld(@Nullable String type) {
        return type != null && type.replace('/', '.').startsWith(OLD_SERVLETS);
    }

    /// Checks that the application does not configure Jetty, which could give it all that the server has.
    ///
    /// @throws DeploymentException if it has a file for that
    static void checkJettyFiles(Path copy) throws DeploymentException {
        for (String name : JETTY_FILES) {
            if (Files.exists(copy.resolve("WEB-INF").resolve(name))) {
                throw new DeploymentException(
                        "WEB-INF/" + name + " configures Jetty, which applications may not (webapps.jetty-xml)");
            }
        }
    }

    /// Checks that there is no JSP. For an application without a compiler of JSPs.
    ///
    /// @throws DeploymentException if there is one
    static void checkPages(Path copy) throws DeploymentException {
        try (Stream<Path> files = Files.walk(copy)) {
            Optional<Path> page = files.filter(
                            file -> PAGE.matcher(file.toString()).find())
                    .sorted()
                    .findFirst();
            if (page.isPresent()) {
                throw new DeploymentException(copy.relativize(page.get()) + " is a JSP, and WEB-INF/lib has no compiler"
                        + " for it: add jetty-ee11-apache-jsp (docs/frameworks.md)");
            }
        } catch (IOException | UncheckedIOException e) {
            throw new DeploymentException("cannot look for JSPs: " + e.getMessage(), e);
        }
    }

    /// Says that a class cannot be loaded if the reason is that it is written for `javax.servlet`.
    ///
    /// @throws DeploymentException if it is
    static void checkLoading(String className, LinkageError failure) throws DeploymentException {
        if (isOld(failure.getMessage())) {
            throw oldServlets(className);
        }
    }

    private static DeploymentException oldServlets(String className) {
        return new DeploymentException(className + " is written for javax.servlet, and Pier has jakarta.servlet"
                + " (Servlet 6.1): use a version of the application for Jakarta EE 9 or newer");
    }

    /// Checks the annotations that were found.
    ///
    /// @param hasWebSockets whether there is a WebSocket container for the application
    /// @throws DeploymentException if a class asks for something
    void check(boolean hasWebSockets) throws DeploymentException {
        String written = old.get();
        if (written != null) {
            throw oldServlets(written);
        }
        if (hasWebSockets) {
            annotated.remove(SERVER_ENDPOINT);
        }
        if (!annotated.isEmpty()) {
            Map.Entry<String, String> first = annotated.firstEntry();
            if (isOld(first.getKey())) {
                throw oldServlets(first.getValue());
            }
            if (first.getKey().equals(SERVER_ENDPOINT)) {
                throw new DeploymentException(first.getValue()
                        + " asks for @ServerEndpoint, but WebSockets are switched off (websocket.enabled)");
            }
            String annotation = first.getKey().replaceFirst(".*\\.", "");
            throw new DeploymentException(
                    first.getValue() + " asks for @" + annotation + ", which Pier does not offer");
        }
    }
}
