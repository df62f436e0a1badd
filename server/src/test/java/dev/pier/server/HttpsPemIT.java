package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.config.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// HTTPS with files in PEM format, and certificates of clients.
class HttpsPemIT {
    private static final String SETTINGS = """
            https {
              host = 127.0.0.1
              port = 0
              certificate = server.pem
              key = server.key
              reload-interval = 100 ms
            }
            """;

    @TempDir
    Path home;

    private Path conf = Path.of("");
    private KeyStore pair;

    @BeforeEach
    void makePair() throws Exception {
        conf = Files.createDirectories(home.resolve("conf"));
        pair = TestCertificate.newPair(home, "CN=first");
        write(pair);
    }

    private void write(KeyStore written) throws Exception {
        TestCertificate.writeKey(written, conf.resolve("server.key"));
        TestCertificate.writeCertificate(written, conf.resolve("server.pem"));
    }

    @Test
    void renewedPairServesNewConnectionsWithoutAFailedHandshake() throws Exception {
        AtomicBoolean renewed = new AtomicBoolean();
        AtomicInteger handshakes = new AtomicInteger();
        try (TestServer server = TestServer.started(home, SETTINGS);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(subject(server)).isEqualTo("CN=first");
            Callable<Integer> client = () -> {
                int failed = 0;
                while (!renewed.get()) {
                    try {
                        assertThat(subject(server)).isIn("CN=first", "CN=second");
                        handshakes.incrementAndGet();
                    } catch (IOException e) {
                        failed++;
                    }
                }
                return failed;
            };
            Future<Integer> first = clients.submit(client);
            Future<Integer> second = clients.submit(client);
            TestServer.await("handshakes with the first pair", () -> handshakes.get() > 10);

            // The key alone does not fit, and the old pair stays in use.
            write(TestCertificate.newPair(home, "CN=second"));
            try {
                TestServer.await("the second certificate", () -> subject(server).equals("CN=second"));
            } finally {
                renewed.set(true);
            }
            assertThat(first.get()).isZero();
            assertThat(second.get()).isZero();
        }
    }

    @Test
    void certificateOfAClientIsAskedForAndReachesTheApplication() throws Exception {
        KeyStore client = TestCertificate.newPair(home, "CN=client");
        KeyStore stranger = TestCertificate.newPair(home, "CN=stranger");
        TestCertificate.writeCertificate(client, conf.resolve("clients.pem"));
        try (TestServer server =
                TestServer.in(home, SETTINGS + "https { client-certificates = required, client-ca = clients.pem }")) {
            new Archive().servlet("app.Who", "/who", """
                            var chain = (java.security.cert.X509Certificate[])
                                    request.getAttribute("jakarta.servlet.request.X509Certificate");
                            response.getWriter().print(chain[0].getSubjectX500Principal().getName());
                            """).jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(get(server, TestCertificate.trustingAll(client)).body()).isEqualTo("CN=client");
            assertThatThrownBy(() -> get(server, TestCertificate.trustingAll())).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> get(server, TestCertificate.trustingAll(stranger)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void mistakesNameTheSettingAndTheFile() throws Exception {
        TestCertificate.writeKey(TestCertificate.newPair(home, "CN=other"), conf.resolve("server.key"));
        assertThatThrownBy(() -> TestServer.in(home, SETTINGS))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("https.key")
                .hasMessageContaining("server.key does not belong to the certificate in");

        Files.setPosixFilePermissions(conf.resolve("server.key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> TestServer.in(home, SETTINGS))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("https.key")
                .hasMessageContaining("chmod 600");

        assertThatThrownBy(() -> TestServer.in(home, SETTINGS + "https.client-certificates = optional"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("https.client-ca");
        assertThatThrownBy(() -> TestServer.in(home, SETTINGS + "https.keystore = server.p12"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("use one of the two");
        assertThatThrownBy(() -> TestServer.in(home, "https.redirect = true"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("https.certificate");
    }

    private static String subject(TestServer server) throws Exception {
        int port = server.server().secureUrl().orElseThrow().getPort();
        return TestCertificate.subject((SSLSocket)
                TestCertificate.trustingAll().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port));
    }

    private static HttpResponse<String> get(TestServer server, SSLContext context) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
            return client.send(
                    HttpRequest.newBuilder(
                                    server.server().secureUrl().orElseThrow().resolve("/app/who"))
                            .build(),
                    BodyHandlers.ofString());
        }
    }
}
