package dev.pier.assembly;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestTls;
import dev.pier.server.ApplicationServer;
import dev.pier.server.StartException;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.webapp.AppStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// A whole Pier in the test's JVM with all installed plugins, its own `server.conf`, free ports, and an HTTP client.
///
/// Threads: any thread may send requests; one thread at a time may start and stop it.
public final class RunningPier implements AutoCloseable {
    private final Path home;
    private final String node;
    private final ApplicationServer server;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private RunningPier(Path home, String node, ApplicationServer server) {
        this.home = home;
        this.node = node;
        this.server = server;
    }

    /// A Pier with this node as its peer `backend`, not yet started.
    ///
    /// @param more settings that are added to the defaults of the tests or override them
    static RunningPier in(Path home, ErlangPeer backend, String more) throws ConfigurationException {
        return in(home, backend.cookieFile(), backend.nodeName(), more);
    }

    static RunningPier in(Path home, Path cookieFile, String backend, String more) throws ConfigurationException {
        String node = TestHost.nodeName(TestHost.uniqueName("pier"));
        Path conf = writeConf(home, erlangSettings(node, cookieFile, backend) + more);
        Configuration configuration = Configuration.load(conf, Map.of(), Map.of());
        return new RunningPier(home, node, new ApplicationServer(configuration, ApplicationServer.installedPlugins()));
    }

    /// Starts a Pier with the sample and waits until it can call Erlang.
    public static RunningPier withSample(Path home, ErlangPeer backend, String more) throws Exception {
        Sample.teach(backend);
        RunningPier pier = in(home, backend, more);
        pier.deploySample();
        pier.start();
        pier.awaitStatus("/hello", 200);
        return pier;
    }

    /// Starts a Pier with any node as its peer `backend`, and no application.
    public static RunningPier serving(Path home, Path cookieFile, String backend, String more) throws Exception {
        return in(home, cookieFile, backend, more).start();
    }

    /// The settings of a node with a peer `backend`.
    static String erlangSettings(String node, Path cookieFile, String backend) {
        return """
                erlang {
                  node = "%s"
                  cookie-file = "%s"
                  epmd.port = %d
                  peers.backend { node = "%s" }
                }
                """.formatted(node, cookieFile, TestEpmd.port(), backend);
    }

    /// Writes `conf/server.conf`: free ports, folders below the home, and these settings.
    /// The settings of HTTPS at any free port.
    public static String httpsSettings(TestTls files) {
        return """
                https { host = 127.0.0.1, port = 0, certificate = "%s", key = "%s" }
                """.formatted(files.certificate(), files.key());
    }

    static Path writeConf(Path home, String settings) {
        try {
            Files.createDirectories(home.resolve("webapps"));
            Path conf = Files.createDirectories(home.resolve("conf")).resolve("server.conf");
            return Files.writeString(conf, """
                    http { host = 127.0.0.1, port = 0 }
                    admin.port = 0
                    access-log.enabled = false
                    webapps.scan-interval = 50 ms
                    """ + settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RunningPier start() throws StartException {
        server.start();
        return this;
    }

    /// This Pier's node name.
    public String node() {
        return node;
    }

    ApplicationServer server() {
        return server;
    }

    Path webapp(String name) {
        return home.resolve("webapps").resolve(name);
    }

    /// Deploys the sample, or redeploys it as a new version.
    public void deploySample() {
        Distribution.put(Distribution.sampleJar(), webapp("ROOT.jar"));
    }

    public URI at(String path) {
        return server.url().resolve(path);
    }

    HttpClient client() {
        return client;
    }

    public HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(at(path)));
    }

    public HttpResponse<String> post(String path, String body) {
        return send(HttpRequest.newBuilder(at(path)).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> admin(String path) {
        return send(HttpRequest.newBuilder(adminAt(path)));
    }

    /// An address of the admin port.
    public URI adminAt(String path) {
        return server.adminUrl().resolve(path);
    }

    /// Sends a request that the test has built with [#at].
    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(90)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Gets a page until its response has this status, and returns the response.
    public HttpResponse<String> awaitStatus(String path, int status) {
        return Await.value(status + " for " + path, () -> get(path), response -> response.statusCode() == status);
    }

    /// Waits until an application is in this state, and returns its status.
    AppStatus awaitApplication(String file, AppStatus.State state) {
        return Await.value(
                        file + " to be " + state,
                        () -> application(file),
                        status -> status.map(AppStatus::state).equals(Optional.of(state)))
                .orElseThrow();
    }

    private Optional<AppStatus> application(String file) {
        return server.applications().stream()
                .filter(app -> app.file().equals(file))
                .findFirst();
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
