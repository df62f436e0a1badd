package dev.pier.embedded;

import dev.pier.server.ApplicationServer;
import dev.pier.server.webapp.AppStatus;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running Pier inside another program: in a `main` method, an IDE or a test.
///
/// ```java
/// try (Pier pier = Pier.builder()
///         .port(8080)
///         .webapp("/", Path.of("target/classes"))
///         .peer("backend", "backend@localhost")
///         .reload(true)
///         .start()) {
///     System.out.println(pier.url());
///     pier.join();
/// }
/// ```
///
/// The program's class path is that of its applications as well: a library that an application needs has to be
/// on it. Classes of the applications themselves come from their folders or archives, in a class loader of
/// their own, even if the class path has them, too. So an application and the program share no static state.
///
/// *Threads.* Safe for all threads.
///
/// *Lifecycle.* Runs from [PierBuilder#start] to [#close]. Several can run in one JVM, one after the other or
/// at once.
public final class Pier implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Pier.class);

    private final ApplicationServer server;
    private final TemporaryFolder folder;
    private final CountDownLatch ended = new CountDownLatch(1);

    Pier(ApplicationServer server, TemporaryFolder folder) {
        this.server = server;
        this.folder = folder;
    }

    /// The settings of a server that is not started yet.
    public static PierBuilder builder() {
        return new PierBuilder();
    }

    /// The URL of the HTTP port, with the actual port number, and `/` as its path.
    public URI url() {
        return server.url();
    }

    /// The URL of the HTTPS port; empty if the settings have none.
    public Optional<URI> secureUrl() {
        return server.secureUrl();
    }

    /// The URL of the admin port, which has `/status`, `/health` and `/metrics`.
    public URI adminUrl() {
        return server.adminUrl();
    }

    /// The status of each application.
    public List<AppStatus> applications() {
        return server.applications();
    }

    /// Waits until [#close] has been called by another thread, or the JVM is asked to end (Ctrl-C, SIGTERM),
    /// which stops the server in order.
    public void join() throws InterruptedException {
        Thread hook = Thread.ofPlatform().name("pier-shutdown").unstarted(this::close);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            ended.await();
        } finally {
            removeHook(hook);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM is ending: the hook runs.
        }
    }

    /// Stops the server: waits up to `http.shutdown-timeout` for the requests in flight, then stops the
    /// applications and the Erlang node. Idempotent.
    @Override
    public void close() {
        try {
            server.stop();
        } finally {
            if (!folder.remove()) {
                log.warn("The temporary folder {} cannot be removed", folder.path());
            }
            ended.countDown();
        }
    }
}
