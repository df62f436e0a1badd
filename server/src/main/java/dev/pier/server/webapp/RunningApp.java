package dev.pier.server.webapp;

import dev.pier.server.http.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.naming.NamingException;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xml.sax.SAXParseException;

/// One version of an application, from its copy on disk to its last request. Started and ended by one thread each.
final class RunningApp {
    private static final Logger log = LoggerFactory.getLogger(RunningApp.class);

    private final AppSource source;
    private final Path copy;
    private final IsolatedContext context;
    private final Route route;

    private RunningApp(AppSource source, Path copy, IsolatedContext context) {
        this.source = source;
        this.copy = copy;
        this.context = context;
        this.route = new Route(source.contextPath(), context);
    }

    /// Starts an application from its copy, without letting requests in.
    ///
    /// @throws DeploymentException if the application cannot be started as it is; the copy is removed then
    static RunningApp start(AppSource source, Path copy, Server server, Injectables injectables, Duration timeout)
            throws DeploymentException, InterruptedException {
        IsolatedContext context;
        try {
            context = new IsolatedContext(server, source.contextPath(), copy, injectables);
        } catch (NamingException | RuntimeException e) {
            WorkFolder.remove(copy);
            throw new DeploymentException("what is to be injected cannot be made: " + e.getMessage(), e);
        }
        RunningApp app = new RunningApp(source, copy, context);
        app.start(timeout);
        return app;
    }

    /// An application's listeners may do anything, waiting for ever included: it starts on a thread of its own.
    private void start(Duration timeout) throws DeploymentException, InterruptedException {
        FutureTask<Void> start = new FutureTask<>(() -> {
            LifeCycle.start(context);
            return null;
        });
        Thread thread =
                Thread.ofPlatform().name("start " + source.file()).daemon().start(start);
        try {
            start.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            end();
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            start.cancel(true);
            Thread.ofVirtual().name("abandon " + source.file()).start(() -> endAfter(thread));
            throw new DeploymentException("did not start within webapps.start-timeout (" + timeout.toSeconds() + " s)");
        }
    }

    /// The copy stays until the thread that is still starting from it has given up.
    private void endAfter(Thread thread) {
        try {
            thread.join();
            end();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static DeploymentException failure(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && !(root instanceof DeploymentException)) {
            root = root.getCause();
        }
        return new DeploymentException(sentence(root), thrown);
    }

    private static String sentence(Throwable root) {
        String message = root.getMessage() == null ? "" : ": " + root.getMessage();
        return switch (root) {
            case DeploymentException e -> String.valueOf(e.getMessage());
            case SAXParseException e ->
                "malformed descriptor, line " + e.getLineNumber() + ", column " + e.getColumnNumber() + message;
            default -> root.getClass().getSimpleName() + message;
        };
    }

    AppSource source() {
        return source;
    }

    Route route() {
        return route;
    }

    /// Lets the requests that are inside end, then ends the application. The route must be closed.
    void drainAndEnd(Duration timeout) throws InterruptedException {
        if (!route.drained(timeout)) {
            log.warn(
                    "{}: {} requests are still in the old version after {} s; it ends all the same",
                    source.file(),
                    route.requests(),
                    timeout.toSeconds());
        }
        end();
    }

    /// Ends the application and removes its copy.
    void end() {
        try {
            context.end();
        } catch (Exception e) {
            log.warn("{} did not end cleanly", source.file(), e);
        } finally {
            WorkFolder.remove(copy);
        }
    }
}
