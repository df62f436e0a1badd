package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that send single bytes, so that the idle timeout never ends.
class SlowClientsIT {
    private static final String HEAD = "GET /app/hello HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    private static final String BODY = "POST /app/size HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
    private static final String HTTP2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    @TempDir
    Path home;

    private final LogLines log = LogLines.of("dev.pier.server.http");
    private final List<Drip> drips = new ArrayList<>();

    @AfterEach
    void end() {
        drips.forEach(Drip::close);
        log.close();
    }

    private TestServer start(String settings) throws Exception {
        TestServer server = TestServer.in(home, settings);
        Archive.greeting("hi")
                .servlet(
                        "app.Size",
                        "/size",
                        "response.getWriter().print(request.getInputStream().readAllBytes().length);")
                .servlet("app.Slow", "/slow", """
                        try {
                            Thread.sleep(3000);
                            response.getWriter().print("done");
                        } catch (InterruptedException e) {
                            throw new ServletException(e);
                        }
                        """)
                .jar(server.webapps().resolve("app.jar"));
        return server.start();
    }

    private Drip drip(TestServer server, String begin) throws IOException {
        Drip drip = new Drip(server.at("/").getPort(), begin);
        drips.add(drip);
        return drip;
    }

    @Test
    void headThatIsNotCompleteInTimeEndsItsConnection() throws Exception {
        try (TestServer server = start("http.head-timeout = 1 s")) {
            List<Drip> slow = List.of(drip(server, HEAD), drip(server, ""), drip(server, HTTP2));

            for (Drip it : slow) {
                TestServer.await("the end of the connection", it::isEnded);
            }
            TestServer.await("the log", () -> log.text().contains("without a complete request head after 1 s"));
        }
    }

    @Test
    void requestMayTakeLongerThanItsHead() throws Exception {
        try (TestServer server = start("http.head-timeout = 1 s")) {
            assertThat(server.get("/app/slow").body()).isEqualTo("done");
        }
    }

    @Test
    void normalRequestGetsInWhenSlowClientsTakeAllConnections() throws Exception {
        try (TestServer server = start("http.max-connections = 40, http.head-timeout = 5 s")) {
            for (int i = 0; i < 60; i++) {
                drip(server, HEAD);
            }
            assertThat(server.get("/app/hello").body()).isEqualTo("hi");
            assertThat(log.text()).contains("(http.max-connections)");
        }
    }

    @Test
    void bodyThatArrivesTooSlowlyGets408() throws Exception {
        try (TestServer server = start("http.idle-timeout = 1 s, http.min-body-rate = 1 KiB")) {
            Drip drip = drip(server, BODY);
            TestServer.await("the end of the connection", drip::isEnded);
            assertThat(drip.answer()).startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void bodyMayArriveAtAnyRateIfThatIsAllowed() throws Exception {
        try (TestServer server = start("http.idle-timeout = 1 s, http.min-body-rate = 0 B")) {
            Drip drip = drip(server, BODY.replace("1000000", "60"));
            TestServer.await("the answer", () -> drip.answer().startsWith("HTTP/1.1 200 "));
        }
    }

    /// A connection on which a byte is sent every 50 ms.
    private static final class Drip implements AutoCloseable {
        private final Socket socket;
        private final Thread sending;
        private final Thread receiving;
        private final ByteArrayOutputStream answer = new ByteArrayOutputStream();

        Drip(int port, String begin) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            sending = Thread.startVirtualThread(() -> send(begin));
            receiving = Thread.startVirtualThread(this::receive);
        }

        private void send(String begin) {
            try {
                OutputStream out = socket.getOutputStream();
                out.write(begin.getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    out.write('x');
                    Thread.sleep(Duration.ofMillis(50));
                }
            } catch (IOException | InterruptedException _) {
                // The server has closed the connection, or the test has ended.
            }
        }

        private void receive() {
            try {
                for (int next = socket.getInputStream().read();
                        next >= 0;
                        next = socket.getInputStream().read()) {
                    answer.write(next);
                }
            } catch (IOException _) {
                // A reset is an end, too.
            }
        }

        String answer() {
            return answer.toString(StandardCharsets.US_ASCII);
        }

        boolean isEnded() {
            return !receiving.isAlive();
        }

        @Override
        public void close() {
            sending.interrupt();
            try {
                socket.close();
            } catch (IOException _) {
                // It is closed in any case.
            }
        }
    }
}
