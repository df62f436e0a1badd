package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.config.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpsIT {
    @TempDir
    Path home;

    private Path keystore = Path.of("");
    private String settings = "";

    @BeforeEach
    void makeKeystore() throws Exception {
        Files.createDirectories(home.resolve("conf"));
        keystore = home.resolve("conf/keystore.p12");
        Files.createFile(
                home.resolve("conf/password"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(home.resolve("conf/password"), "secret-123\n");
        settings = """
                https {
                  host = 127.0.0.1
                  port = 0
                  keystore = keystore.p12
                  password-file = password
                  reload-interval = 100 ms
                }
                """;
        replaceKeystore("CN=first");
    }

    @Test
    void httpsServesHttp2AndHttp1() throws Exception {
        try (TestServer server = TestServer.in(home, settings);
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(TestCertificate.trustingAll())
                        .build()) {
            new Archive()
                    .servlet("app.P", "/p", "response.getWriter().print(request.getProtocol() + request.isSecure());")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            HttpRequest.Builder request = HttpRequest.newBuilder(
                    server.server().secureUrl().orElseThrow().resolve("/app/p"));

            HttpResponse<String> second = client.send(request.build(), BodyHandlers.ofString());
            assertThat(second.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(second.body()).isEqualTo("HTTP/2.0true");
            HttpResponse<String> first =
                    client.send(request.version(HttpClient.Version.HTTP_1_1).build(), BodyHandlers.ofString());
            assertThat(first.body()).isEqualTo("HTTP/1.1true");
        }
    }

    @Test
    void plainRequestsAreRedirectedIfTheSettingsSaySo() throws Exception {
        try (TestServer server = TestServer.in(home, settings + "https { redirect = true, hsts = 1 day }");
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(TestCertificate.trustingAll())
                        .build()) {
            Archive.greeting("hi").jar(server.webapps().resolve("app.jar"));
            server.start();
            String secure = server.server().secureUrl().orElseThrow().toString().replace("127.0.0.1", "localhost");

            HttpResponse<String> redirect = server.send(HttpRequest.newBuilder(
                    URI.create("http://localhost:" + server.at("/").getPort() + "/app/hello?a=%2Fb&c")));
            assertThat(redirect.statusCode()).isEqualTo(308);
            String location = redirect.headers().firstValue("Location").orElseThrow();
            assertThat(location).isEqualTo(secure + "app/hello?a=%2Fb&c");
            assertThat(redirect.headers().firstValue("Strict-Transport-Security"))
                    .isEmpty();

            HttpResponse<String> page =
                    client.send(HttpRequest.newBuilder(URI.create(location)).build(), BodyHandlers.ofString());
            assertThat(page.body()).isEqualTo("hi");
            assertThat(page.headers().firstValue("Strict-Transport-Security")).hasValue("max-age=86400");
        }
    }

    @Test
    void redirectsNameThePublicPort() throws Exception {
        try (TestServer server = TestServer.started(home, settings + "https { redirect = true, public-port = 443 }")) {
            HttpResponse<String> redirect = server.get("/app/hello");
            assertThat(redirect.headers().firstValue("Location")).hasValue("https://127.0.0.1/app/hello");
        }
    }

    @Test
    void newCertificateIsLoadedAndABrokenFileIsIgnored() throws Exception {
        try (TestServer server = TestServer.started(home, settings)) {
            assertThat(subject(server)).isEqualTo("CN=first");

            replaceKeystore("CN=second");
            TestServer.await("the second certificate", () -> subject(server).equals("CN=second"));

            Files.writeString(keystore, "not a key store");
            // The third certificate shows that the server has tried the broken file and continues.
            assertThat(subject(server)).isEqualTo("CN=second");
            replaceKeystore("CN=third");
            TestServer.await("the third certificate", () -> {
                assertThat(subject(server)).isIn("CN=second", "CN=third");
                return subject(server).equals("CN=third");
            });
        }
    }

    @Test
    void missingKeystoreIsAnInvalidConfiguration() throws Exception {
        Files.delete(keystore);
        assertThatThrownBy(() -> TestServer.in(home, settings))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("https.keystore")
                .hasMessageContaining("keystore.p12")
                .hasMessageContaining("does not exist");
    }

    @Test
    void passwordFileReadableByOthersIsAnInvalidConfiguration() throws Exception {
        Files.setPosixFilePermissions(home.resolve("conf/password"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> TestServer.in(home, settings))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("https.password-file")
                .hasMessageContaining("chmod 600");
    }

    @Test
    void wrongPasswordIsAnInvalidConfiguration() throws Exception {
        Files.writeString(home.resolve("conf/password"), "another\n");
        assertThatThrownBy(() -> TestServer.in(home, settings))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("https.keystore")
                .hasMessageContaining("does not fit")
                .hasMessageNotContaining("another");
    }

    @Test
    void failedBodyDelimitedByTheConnectionEndsWithAReset() throws Exception {
        try (TestServer server = TestServer.in(home, settings)) {
            String half = "response.getOutputStream().write(new byte[50_000]); response.flushBuffer();";
            new Archive()
                    .servlet("app.Whole", "/whole", half)
                    .servlet("app.Half", "/half", half + "throw new java.io.IOException(\"no more\");")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(get(server, "/app/whole")).startsWith("HTTP/1.1 200").hasSizeGreaterThan(50_000);
            assertThatThrownBy(() -> get(server, "/app/half")).isInstanceOf(IOException.class);
        }
    }

    /// Sends a request, and reads up to the end of the connection.
    ///
    /// @throws IOException if the connection is reset
    private static String get(TestServer server, String path) throws Exception {
        try (SSLSocket tls = connect(server)) {
            tls.setSoTimeout(20_000);
            tls.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(tls.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static SSLSocket connect(TestServer server) throws Exception {
        int port = server.server().secureUrl().orElseThrow().getPort();
        return (SSLSocket)
                TestCertificate.trustingAll().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }

    private static String subject(TestServer server) throws Exception {
        return TestCertificate.subject(connect(server));
    }

    private void replaceKeystore(String name) throws Exception {
        Path fresh = home.resolve("fresh.p12");
        TestCertificate.newKeystore(fresh, home.resolve("conf/password"), name);
        Files.move(fresh, keystore, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
