package dev.pier.erlang.plugin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.server.ApplicationServer;
import dev.pier.server.config.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A server with the plugin, whose peer `backend` is a real node. As an extension it lives as long as its class:
///
/// ```java
/// @RegisterExtension
/// static final MountedPier pier = MountedPier.ofEwgiSuite(erlang, """
///         erlang.mounts."/old" { peer = backend, ewgi = "ewgi_suite:handle" }
///         """);
/// ```
final class MountedPier implements AutoCloseable, BeforeAllCallback, AfterAllCallback {
    /// Brings what the mounts serve to the node.
    @FunctionalInterface
    interface Preparation {
        void prepare(ErlangPeer backend) throws Exception;
    }

    private final ErlangPeer backend;
    private final Preparation preparation;
    private final String settings;
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable Path home;
    private @Nullable ApplicationServer server;

    private MountedPier(ErlangPeer backend, Preparation preparation, String settings) {
        this.backend = backend;
        this.preparation = preparation;
        this.settings = settings;
    }

    /// An extension.
    ///
    /// @param settings of `server.conf`, such as `erlang.mounts { … }`
    static MountedPier with(ErlangPeer backend, Preparation preparation, String settings) {
        return new MountedPier(backend, preparation, settings);
    }

    /// The same with mounts of the module `ewgi_suite`.
    static MountedPier ofEwgiSuite(ErlangPeer backend, String settings) {
        return with(backend, node -> compile(node, "ewgi_suite"), settings);
    }

    /// The same with mounts of the listeners that [#startCowboy] has.
    static MountedPier ofCowboySuite(ErlangPeer backend, String settings) {
        return with(backend, MountedPier::startCowboy, settings);
    }

    /// The same with mounts of the plug `PlugSuite`.
    ///
    /// @param backend with Elixir's modules
    static MountedPier ofPlugSuite(ErlangPeer backend, String settings) {
        return with(
                backend,
                node -> {
                    compileMinimalPlug(node);
                    compileElixir(node, resource("plug_suite.ex"));
                },
                settings);
    }

    /// A server that is no extension: the caller closes it.
    ///
    /// @param home the folder of the server
    static MountedPier start(Path home, ErlangPeer backend, String settings) throws Exception {
        MountedPier pier = with(backend, _ -> {}, settings);
        pier.start(home);
        return pier;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Path folder = Files.createTempDirectory("mounts");
        home = folder;
        preparation.prepare(backend);
        start(folder);
        Await.value("a mount that serves", () -> admin("/status"), it -> it.contains("\"state\":\"serving\""));
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        close();
        if (home != null) {
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void start(Path folder) throws Exception {
        String common = """
                http { host = 127.0.0.1, port = 0 }
                admin.port = 0
                webapps.scan-interval = 0 s
                access-log.enabled = false
                erlang {
                  node = "%s@%s"
                  cookie = "%s"
                  epmd.port = %d
                  bulk.load-helper = true
                  calls.helper = load
                  peers.backend.node = "%s"
                }
                """.formatted(
                TestHost.uniqueName("web"), TestHost.NAME, backend.cookie(), TestEpmd.port(), backend.nodeName());
        ApplicationServer starting =
                new ApplicationServer(Configuration.parse(common + settings, folder), List.of(new ErlangPlugin()));
        server = starting;
        starting.start();
    }

    /// Compiles the stand-in for Cowboy and `cowboy_suite` on the node. It has three listeners: `suite` without
    /// options, one on port 15002 with a stream handler, and one on 15003 that is not Cowboy's.
    static void startCowboy(ErlangPeer backend) throws IOException {
        for (String module :
                List.of("ranch", "cowboy", "cowboy_stream", "cowboy_stream_h", "cowboy_websocket", "cowboy_suite")) {
            compile(backend, "cowboy/" + module);
        }
        assertThat(backend.eval("cowboy_suite:start()")).isEqualTo("ok");
    }

    private static void compile(ErlangPeer backend, String module) throws IOException {
        backend.compile(resource(module + ".erl"));
    }

    /// Compiles the modules of Plug that the suites need: a stand-in for the library.
    static void compileMinimalPlug(ErlangPeer backend) throws IOException {
        compileElixir(backend, resource("minimal_plug.ex"));
    }

    static void compileElixir(ErlangPeer backend, String source) {
        backend.evalBytes(
                "{ok, _} = application:ensure_all_started(elixir), 'Elixir.Code':compile_string(Input), <<>>",
                source.getBytes(UTF_8));
    }

    private static String resource(String name) throws IOException {
        try (InputStream source = MountedPier.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(source, name).readAllBytes(), UTF_8);
        }
    }

    ApplicationServer server() {
        return Objects.requireNonNull(server, "the server has not been started");
    }

    int port() {
        return server().url().getPort();
    }

    HttpClient client() {
        return client;
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(to(path));
    }

    HttpResponse<String> json(String path, String body) throws Exception {
        return send(to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    /// The response to a request as it is, until the connection ends.
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", port())) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    /// The bytes that a server sends, up to and including a text.
    static String until(Socket socket, String text) throws IOException {
        socket.setSoTimeout(20_000);
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            int c = socket.getInputStream().read();
            assertThat(c).as("%s", seen).isNotNegative();
            seen.append((char) c);
        }
        return seen.toString();
    }

    /// Sends a body with its length and chunked, to an application that answers with its size and checksum.
    void assertBodyArrives(String path, int size) throws Exception {
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
            body[i] = (byte) (i * 31 + (i >> 8));
        }
        String expected = size + " "
                + HexFormat.of()
                        .withUpperCase()
                        .formatHex(TransferBodies.digest().digest(body));
        BodyPublisher whole = BodyPublishers.ofByteArray(body);
        assertThat(send(to(path).POST(whole)).body()).isEqualTo(expected);
        assertThat(send(to(path).POST(BodyPublishers.fromPublisher(whole))).body())
                .isEqualTo(expected);
    }

    /// Downloads the blocks of `TransferBodies` from an application: chunked, and 160 of them with their length.
    void assertDownloads(String chunked, String whole) throws Exception {
        HttpResponse<InputStream> parts = client.send(to(chunked).build(), BodyHandlers.ofInputStream());
        assertThat(TransferBodies.sha(parts.body())).isEqualTo(TransferBodies.sha(TransferBodies.DOWNLOAD));
        HttpResponse<InputStream> all = client.send(to(whole).build(), BodyHandlers.ofInputStream());
        assertThat(all.headers().firstValue("Content-Length")).contains(Integer.toString(160 * TransferBodies.BLOCK));
        assertThat(TransferBodies.sha(all.body())).isEqualTo(TransferBodies.sha(160));
    }

    /// A page of the admin port.
    String admin(String path) throws Exception {
        return send(HttpRequest.newBuilder(server().adminUrl().resolve(path))).body();
    }

    @Override
    public void close() {
        client.close();
        if (server != null) {
            server.close();
        }
    }
}
