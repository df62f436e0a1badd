package dev.pier.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The handler answers with the path and the length of the body. It answers `/wait` when the test lets it.
class ReadAheadEndPointTest {
    private static final String WATCHED = "kio=1,";
    private static final String NOT_WATCHED = "kio=0,";

    private final Server server = new Server();
    private final ConnectorCheck.Port port = new ConnectorCheck.Port(server, new HttpConnectionFactory());
    private final CountDownLatch handled = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private Socket client;

    @BeforeEach
    void start() throws Exception {
        port.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(port);
        server.setHandler(new Echo());
        server.start();
        client = new Socket(InetAddress.getLoopbackAddress(), port.getLocalPort());
        client.setTcpNoDelay(true);
        client.setSoTimeout(20_000);
    }

    @AfterEach
    void stop() throws Exception {
        answer.countDown();
        client.close();
        server.stop();
    }

    private final class Echo extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            String path = request.getHttpURI().getPath();
            if (path.equals("/wait")) {
                handled.countDown();
                answer.await();
            }
            long length = 0;
            try (InputStream body = Content.Source.asInputStream(request)) {
                length = body.transferTo(OutputStream.nullOutputStream());
            }
            Content.Sink.write(response, true, path + " " + length + "\n", callback);
            return true;
        }
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    private void send(String text) throws IOException {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }

    /// Reads a response and returns its body.
    private String receive() throws IOException {
        int length = -1;
        String line = line();
        assertThat(line).startsWith("HTTP/1.1 200");
        while (!line.isEmpty()) {
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring("Content-Length: ".length()));
            }
            line = line();
        }
        return new String(client.getInputStream().readNBytes(length), US_ASCII).strip();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = client.getInputStream().read();
                c != '\n';
                c = client.getInputStream().read()) {
            assertThat(c).isNotNegative();
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private EndPoint endPoint() {
        return port.getConnectedEndPoints().iterator().next();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void requestsOneAfterTheOtherAreAnswered() throws IOException {
        for (int number = 0; number < 2_000; number++) {
            send(get("/" + number));
            assertThat(receive()).isEqualTo("/" + number + " 0");
        }
    }

    @Test
    void aConnectionStaysWatchedDuringARequestAndAfterIt() throws Exception {
        send(get("/first"));
        receive();
        send(get("/wait"));
        handled.await();
        assertThat(endPoint().toString()).contains(WATCHED);
        answer.countDown();
        receive();
        assertThat(endPoint().toString()).contains(WATCHED);
    }

    @Test
    void aRequestThatComesByteByByteIsAnswered() throws IOException {
        for (char c : get("/bytes").toCharArray()) {
            client.getOutputStream().write(c);
        }
        assertThat(receive()).isEqualTo("/bytes 0");
    }

    @Test
    void requestsThatComeTogetherAreAnsweredInTheirOrder() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int number = 0; number < 1_000; number++) {
            all.append(get("/" + number));
        }
        send(all.toString());
        for (int number = 0; number < 1_000; number++) {
            assertThat(receive()).isEqualTo("/" + number + " 0");
        }
    }

    @Test
    void aRequestThatComesDuringAnotherIsAnsweredAndDoesNotKeepTheSelectorBusy() throws Exception {
        send(get("/wait"));
        handled.await();
        send(get("/next"));
        await(() -> endPoint().toString().contains(NOT_WATCHED));
        answer.countDown();
        assertThat(receive()).isEqualTo("/wait 0");
        assertThat(receive()).isEqualTo("/next 0");
        send(get("/last"));
        assertThat(receive()).isEqualTo("/last 0");
    }

    @Test
    void aLargeBodyArrivesWhole() throws IOException {
        byte[] body = new byte[5_000_000];
        Arrays.fill(body, (byte) 'x');
        send("POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length + "\r\n\r\n");
        client.getOutputStream().write(body);
        assertThat(receive()).isEqualTo("/body 5000000");
        send(get("/next"));
        assertThat(receive()).isEqualTo("/next 0");
    }

    @Test
    void aClientThatEndsItsOutputDuringARequestGetsTheAnswer() throws Exception {
        send(get("/wait"));
        handled.await();
        client.shutdownOutput();
        answer.countDown();
        assertThat(receive()).isEqualTo("/wait 0");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aConnectionThatItsClientClosesIsForgotten() throws IOException {
        send(get("/first"));
        receive();
        client.close();
        await(() -> port.getConnectedEndPoints().isEmpty());
    }

    @Test
    void anIdleConnectionIsClosedAfterItsTimeout() throws IOException {
        send(get("/first"));
        receive();
        endPoint().setIdleTimeout(10);
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
}
