package dev.pier.server;

import dev.pier.server.config.Configuration;
import dev.pier.server.plugin.ServerPlugin;
import dev.pier.server.webapp.AppStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// A server on free ports with its folders below `home`, and an HTTP client for it.
final class TestServer implements AutoCloseable {
    private final Path home;
    private final ApplicationServer server;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private TestServer(Path home, String settings, List<ServerPlugin> plugins) throws Exception {
        this.home = home;
        Files.createDirectories(home.resolve("webapps"));
        Files.createDirectories(home.resolve("conf"));
        this.server = new ApplicationServer(Configuration.parse("""
                        http { host = 127.0.0.1, port = 0 }
                        admin.port = 0
                        webapps { scan-interval = 100 ms, drain-timeout = 10 s }
                        access-log.enabled = false
                        """ + settings, home.resolve("conf")), plugins);
    }

    /// Creates a server without starting it.
    static TestServer in(Path home, String settings, ServerPlugin... plugins) throws Exception {
        return new TestServer(home, settings, List.of(plugins));
    }

    static TestServer started(Path home, String settings, ServerPlugin... plugins) throws Exception {
        return in(home, settings, plugins).start();
    }

    TestServer start() throws StartException {
        server.start();
        return this;
    }

    ApplicationServer server() {
        return server;
    }

    Path webapps() {
        return home.resolve("webapps");
    }

    Path work() {
        return home.resolve("work");
    }

    URI at(String path) {
        return server.url().resolve(path);
    }

    HttpClient client() {
        return client;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(at(path)));
    }

    HttpResponse<String> admin(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(server.adminUrl().resolve(path)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
    }

    Optional<AppStatus> status(String file) {
        return server.applications().stream()
                .filter(app -> app.file().equals(file))
                .findFirst();
    }

    /// Waits until an application has the given state.
    AppStatus await(String file, AppStatus.State state) throws Exception {
        await(file + " is " + state, () -> status(file).map(AppStatus::state).equals(Optional.of(state)));
        return status(file).orElseThrow();
    }

    /// Waits until a page has the given body.
    void awaitBody(String path, String body) throws Exception {
        await(path + " returns " + body, () -> get(path).body().equals(body));
    }

    /// Waits up to 30 s for a condition.
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("timed out after 30 s: " + what);
            }
            Thread.sleep(20);
        }
    }

    /// The class path of the tests. Surefire puts it into the manifest of a jar, and into a property.
    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
