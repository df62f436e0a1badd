package dev.pier.server.webapp;

import dev.pier.server.http.HttpServer;
import dev.pier.server.http.Route;
import dev.pier.server.login.Realms;
import dev.pier.server.session.Sessions;
import dev.pier.server.websocket.WebSockets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One deployed version of an application: its copy on disk, its context and its route.
///
/// *Threads.* Started by one thread and ended by one thread.
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
        AppSettings settings = source.settings();
        this.route = new Route(source.id(), source.contextPath(), settings.hosts(), context, settings.rules());
    }

    /// Starts an application from its copy. It gets no requests before its route is added to the router.
    ///
    /// @throws DeploymentException if the application cannot be started; the copy is removed
    static RunningApp start(
            AppSource source,
            Path copy,
            WebAppSettings settings,
            HttpServer http,
            Injectables injectables,
            Sessions sessions,
            Realms realms,
            WebSockets webSockets)
            throws DeploymentException, InterruptedException {
        IsolatedContext context;
        try {
            context = new IsolatedContext(http, settings, source, copy, injectables, sessions, realms, webSockets);
        } catch (Throwable t) {
            WorkFolder.remove(copy);
            DeploymentException failure = DeploymentException.of(t);
            throw new DeploymentException("cannot create the objects to inject: " + failure.getMessage(), failure);
        }
        RunningApp app = new RunningApp(source, copy, context);
        app.start(settings.startTimeout());
        return app;
    }

    /// Starts the context on a thread of its own, because the application's listeners may block forever.
    private void start(Duration timeout) throws DeploymentException, InterruptedException {
        FutureTask<Void> start = new FutureTask<>(() -> {
            LifeCycle.start(context);
            return null;
        });
        Thread thread = Cleanup.startThread("start " + source.file(), start);
        try {
            start.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            end();
            throw DeploymentException.of(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException _) {
            abandon(start, thread);
            throw new DeploymentException("not started within " + timeout.toSeconds() + " s (webapps.start-timeout)");
        } catch (InterruptedException e) {
            abandon(start, thread);
            throw e;
        }
    }

    private void abandon(FutureTask<Void> start, Thread thread) {
        start.cancel(true);
        Thread.ofVirtual().name("abandon " + source.file()).start(() -> endAfter(thread));
    }

    /// Ends the application after its starting thread has ended, which uses the copy until then.
    private void endAfter(Thread thread) {
        try {
            thread.join();
            end();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    AppSource source() {
        return source;
    }

    Route route() {
        return route;
    }

    /// Tells the application that it drains.
    void beginDraining() {
        context.beginDraining();
    }

    /// Tells the application that it drains, closes the WebSockets, waits for the requests in flight, then ends
    /// the application. The route must be closed.
    ///
    /// @param closeCode of the WebSockets
    void drainAndEnd(Duration timeout, int closeCode, String closeReason) throws InterruptedException {
        context.beginDraining();
        context.closeSockets(closeCode, closeReason);
        if (!route.drained(timeout)) {
            log.warn(
                    "Ending {} with {} requests in flight: not finished within {} s (webapps.drain-timeout)",
                    source.file(),
                    route.requests(),
                    timeout.toSeconds());
        }
        end();
    }

    /// Ends the application and removes its copy.
    void end() {
        try {
            Cleanup.startThread("end " + source.file(), this::endHere).join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void endHere() {
        try {
            context.end();
        } catch (Throwable t) {
            DeploymentException failure = DeploymentException.of(t);
            log.warn(
                    "The application {} did not end cleanly: {}",
                    source.file(),
                    failure.getMessage(),
                    failure.getCause());
        } finally {
            WorkFolder.remove(copy);
        }
    }
}
