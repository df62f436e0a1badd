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
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
    void theStatusAndAMetricHaveTheExpiryOfTheCertificateInUse() throws Exception {
        replaceKeystore("CN=short", 10);
        try (TestServer server = TestServer.started(home, settings)) {
            JsonNode certificate = certificate(server);
            assertThat(certificate.path("subject").asString()).isEqualTo("CN=short");
            assertThat(Duration.between(
                            Instant.now(),
                            Instant.parse(certificate.path("expires").asString())))
                    .isBetween(Duration.ofDays(9), Duration.ofDays(10));
            assertThat(certificate.path("warning").asString()).isEqualTo("the certificate expires in 9 days: renew it");
            assertThat(daysToExpiry(server)).isBetween(9.0, 10.0);

            replaceKeystore("CN=long", 30);
            TestServer.await(
                    "the new certificate",
                    () -> certificate(server).path("subject").asString().equals("CN=long"));
            assertThat(certificate(server).has("warning")).isFalse();
            assertThat(certificate(server).has("reloadProblem")).isFalse();
            assertThat(daysToExpiry(server)).isBetween(29.0, 30.0);

            Files.writeString(keystore, "not a key store");
            TestServer.await("the problem", () -> certificate(server).has("reloadProblem"));
            assertThat(certificate(server).path("reloadProblem").asString()).contains("keystore.p12");
            assertThat(certificate(server).path("subject").asString()).isEqualTo("CN=long");

            replaceKeystore("CN=past", -1);
            TestServer.await(
                    "the expired certificate",
                    () -> certificate(server).path("subject").asString().equals("CN=past"));
            assertThat(certificate(server).path("warning").asString())
                    .isEqualTo("the certificate has expired: clients refuse it");
            assertThat(daysToExpiry(server)).isBetween(-2.0, -0.9);
        }
    }

    @Test
    void withoutHttpsThereIsNoCertificate() throws Exception {
        try (TestServer server = TestServer.started(home, "")) {
            assertThat(certificate(server).isMissingNode()).isTrue();
            assertThat(server.admin("/metrics").body()).doesNotContain("http_server_tls_expiry_seconds");
        }
    }

    private static JsonNode certificate(TestServer server) throws Exception {
        return JsonMapper.shared().readTree(server.admin("/status").body()).path("https");
    }

    private static double daysToExpiry(TestServer server) throws Exception {
        String name = "http_server_tls_expiry_seconds ";
        String line = server.admin("/metrics")
                .body()
                .lines()
                .filter(it -> it.startsWith(name))
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(line.substring(name.length()))
                / Duration.ofDays(1).toSeconds();
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
        replaceKeystore(name, 90);
    }

    private void replaceKeystore(String name, int days) throws Exception {
        Path fresh = home.resolve("fresh.p12");
        TestCertificate.newKeystore(fresh, home.resolve("conf/password"), name, days);
        Files.move(fresh, keystore, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
