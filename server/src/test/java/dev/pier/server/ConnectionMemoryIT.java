package dev.pier.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionMemoryIT {
    private static final int CONNECTIONS = 500;

    /// With the client's side, which is in the same heap.
    private static final long MOST_BYTES_EACH = 20_000;

    private static final String REQUEST = """
            GET /app/hello HTTP/1.1\r
            Host: localhost\r
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9\r
            Accept-Encoding: gzip, deflate, br, zstd\r
            Accept-Language: en-US,en;q=0.9,de;q=0.8\r
            \r
            """;

    @TempDir
    Path home;

    @Test
    void aConnectionThatIsKeptTakesLittleMemory() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("hi").jar(server.webapps().resolve("app.jar"));
            server.start();
            clients.add(request(connect(server)));
            long before = heap();
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(request(connect(server)));
            }
            for (Socket client : clients) {
                request(client);
                request(client);
            }
            assertThat((heap() - before) / CONNECTIONS).isLessThan(MOST_BYTES_EACH);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static Socket connect(TestServer server) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.at("/").getPort());
    }

    /// Sends a request and reads its response.
    private static Socket request(Socket client) throws IOException {
        client.getOutputStream().write(REQUEST.getBytes(US_ASCII));
        byte[] answer = new byte[4096];
        int size = client.getInputStream().read(answer);
        assertThat(new String(answer, 0, size, US_ASCII))
                .startsWith("HTTP/1.1 200")
                .endsWith("hi");
        return client;
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
