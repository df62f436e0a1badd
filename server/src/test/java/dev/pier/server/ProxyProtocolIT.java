package dev.pier.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections that begin with a header of the PROXY protocol.
class ProxyProtocolIT {
    private static final String VERSION_1 = "PROXY TCP4 203.0.113.7 198.51.100.1 56324 443\r\n";
    private static final String REQUEST = "GET /app/who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    @TempDir
    Path home;

    private final LogLines log = LogLines.of("dev.pier.server.http");

    @AfterEach
    void end() {
        log.close();
    }

    private TestServer start(String settings) throws Exception {
        TestServer server = TestServer.in(home, "http.proxy-protocol = true\n" + settings);
        new Archive()
                .servlet(
                        "app.Who",
                        "/who",
                        "request.getInputStream().readAllBytes();"
                                + " response.getWriter().print(request.getRemoteAddr() + ' ' + request.getRemotePort()"
                                + " + ' ' + request.isSecure());")
                .jar(server.webapps().resolve("app.jar"));
        return server.start();
    }

    /// SPEC: The PROXY protocol, section 2.2: the signature, version and command, family and transport, the length,
    /// and both addresses with their ports.
    private static byte[] version2(int command) {
        return ByteBuffer.allocate(28)
                .put(new byte[] {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a})
                .put((byte) (0x20 | command))
                .put((byte) 0x11)
                .putShort((short) 12)
                .put(new byte[] {(byte) 203, 0, 113, 8})
                .put(new byte[] {(byte) 198, 51, 100, 1})
                .putShort((short) 56325)
                .putShort((short) 443)
                .array();
    }

    private static Socket connect(TestServer server) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.at("/").getPort());
        socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
        return socket;
    }

    private static String answer(TestServer server, byte[] header, String request) throws IOException {
        try (Socket socket = connect(server)) {
            socket.getOutputStream().write(header);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException _) {
            // The server has closed a connection with bytes that it did not read.
            return "";
        }
    }

    @Test
    void applicationsSeeTheClientOfTheProxy() throws Exception {
        try (TestServer server = start("")) {
            assertThat(answer(server, VERSION_1.getBytes(US_ASCII), REQUEST)).endsWith("203.0.113.7 56324 false");
            assertThat(answer(server, version2(1), REQUEST)).endsWith("203.0.113.8 56325 false");
        }
    }

    @Test
    void checksOfTheProxyItselfHaveItsAddress() throws Exception {
        try (TestServer server = start("")) {
            assertThat(answer(server, version2(0), REQUEST))
                    .startsWith("HTTP/1.1 200")
                    .contains("\r\n\r\n127.0.0.1 ");
            assertThat(answer(server, "PROXY UNKNOWN\r\n".getBytes(US_ASCII), REQUEST))
                    .startsWith("HTTP/1.1 200")
                    .contains("\r\n\r\n127.0.0.1 ");
        }
    }

    @Test
    void headerPrecedesTheHandshakeOfTls() throws Exception {
        KeyStore pair = TestCertificate.newPair(home, "CN=server");
        Path conf = Files.createDirectories(home.resolve("conf"));
        TestCertificate.writeKey(pair, conf.resolve("server.key"));
        TestCertificate.writeCertificate(pair, conf.resolve("server.pem"));
        try (TestServer server =
                        start("https { host = 127.0.0.1, port = 0, certificate = server.pem, key = server.key }");
                Socket plain = new Socket(
                        InetAddress.getLoopbackAddress(),
                        server.server().secureUrl().orElseThrow().getPort())) {
            plain.getOutputStream().write(version2(1));
            try (SSLSocket tls = (SSLSocket) TestCertificate.trustingAll()
                    .getSocketFactory()
                    .createSocket(plain, "localhost", plain.getPort(), true)) {
                tls.getOutputStream().write(REQUEST.getBytes(US_ASCII));
                assertThat(new String(tls.getInputStream().readAllBytes(), ISO_8859_1))
                        .endsWith("203.0.113.8 56325 true");
            }
        }
    }

    @Test
    void limitsForClientsCountTheClientsOfTheProxy() throws Exception {
        try (TestServer server = start("http.max-requests-per-client = 1");
                Socket waiting = connect(server)) {
            waiting.getOutputStream().write(VERSION_1.getBytes(US_ASCII));
            String post = "POST /app/who HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
            waiting.getOutputStream().write(post.getBytes(US_ASCII));
            // The servlet waits for the body now.
            assertThat(new String(waiting.getInputStream().readNBytes(12), US_ASCII))
                    .isEqualTo("HTTP/1.1 100");

            assertThat(answer(server, VERSION_1.getBytes(US_ASCII), REQUEST)).startsWith("HTTP/1.1 429");
            assertThat(answer(server, version2(1), REQUEST)).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PROXY TCP4 203.0.113.7 198.51.100.1 56324\r\n",
                "PROXY TCP4 203.0.113.7 198.51.100.1 56324 443 and more than the 107 bytes that a header may have, so it"
                        + " cannot be one\r\n",
                "QUIT\r\n"
            })
    void connectionWithoutAHeaderIsClosed(String begin) throws Exception {
        try (TestServer server = start("")) {
            for (int i = 0; i < 20; i++) {
                assertThat(answer(server, begin.getBytes(US_ASCII), REQUEST)).isEmpty();
            }
            assertThat(log.messages())
                    .as("a stranger's connections do not fill the log")
                    .filteredOn(message -> message.contains("(http.proxy-protocol)"))
                    .hasSizeLessThan(2);
            assertThat(answer(server, version2(1), REQUEST)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void headerThatIsNotCompleteInTimeEndsItsConnection() throws Exception {
        try (TestServer server = start("http { head-timeout = 1 s, idle-timeout = 1 hour }");
                Socket silent = connect(server);
                Socket begun = connect(server)) {
            begun.getOutputStream().write("PROXY TCP4 203.0".getBytes(US_ASCII));

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(begun.getInputStream().read()).isEqualTo(-1);
        }
    }
}
