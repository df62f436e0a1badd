package dev.pier.server.admin;

import dev.pier.server.plugin.OperationException;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Runs operations on threads of their own, so that the port answers probes while they wait, and writes a line into the
/// log for each that may change something.
///
/// *Threads.* Safe for all threads.
final class OperationRunner {
    private static final Logger log = LoggerFactory.getLogger(OperationRunner.class);

    /// More operators than that do not work at the same time.
    private static final int MAX_RUNNING = 16;

    private final Semaphore places = new Semaphore(MAX_RUNNING);
    private final AtomicInteger started = new AtomicInteger();

    /// Runs an operation and hands its answer on, from any thread.
    void run(Request request, Operations.Found found, Consumer<AdminAnswer> answer) {
        if (!places.tryAcquire()) {
            answer.accept(AdminAnswer.error(
                    HttpStatus.SERVICE_UNAVAILABLE_503, MAX_RUNNING + " operations run already; try again later"));
            return;
        }
        // The operation has a deadline of its own; the client may wait in silence until then.
        request.addIdleTimeoutListener(_ -> false);
        Thread.ofPlatform()
                .daemon()
                .name("admin-operation-" + started.incrementAndGet())
                .start(() -> {
                    AdminAnswer result;
                    try {
                        result = answer(request, found);
                    } finally {
                        places.release();
                    }
                    answer.accept(result);
                });
    }

    private static AdminAnswer answer(Request request, Operations.Found found) {
        String client = Request.getRemoteAddr(request);
        String what = request.getMethod() + " " + request.getHttpURI().getPath();
        // A page that is open asks every few seconds.
        Level level = HttpMethod.GET.is(request.getMethod()) ? Level.DEBUG : Level.INFO;
        try {
            AdminAnswer result = found.resource()
                    .answer(new AdminRequest(
                            request.getMethod(),
                            found.name(),
                            Content.Source.asInputStream(request),
                            request.getLength(),
                            client));
            log.atLevel(level).log("Admin port: {} from {}: {}", what, client, result.status());
            return result;
        } catch (OperationException e) {
            log.atLevel(level).log("Admin port: {} from {}: {}, {}", what, client, e.status(), e.getMessage());
            return AdminAnswer.error(e.status(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return AdminAnswer.error(HttpStatus.SERVICE_UNAVAILABLE_503, "The server stops");
        } catch (IOException e) {
            log.warn("Admin port: {} from {} failed: {}", what, client, e.toString());
            return AdminAnswer.error(HttpStatus.INTERNAL_SERVER_ERROR_500, "The operation failed: " + e);
        } catch (Throwable t) {
            log.error("Admin port: {} from {} failed", what, client, t);
            return AdminAnswer.error(
                    HttpStatus.INTERNAL_SERVER_ERROR_500, "The operation failed; the log of the server has the reason");
        }
    }
}
