package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Responses that fail after a part of the body was sent, as clients see them.
class AbortedResponseIT {
    private static final List<String> DELIMITED_BY_CONNECTION = List.of(
            "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n",
            "HTTP/1.0\r\n\r\n");

    @TempDir
    Path home;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.in(home, "");
        String half = "response.getOutputStream().write(new byte[50_000]); response.flushBuffer();";
        new Archive()
                .servlet("app.Whole", "/whole", half)
                .servlet("app.Half", "/half", half + "throw new java.io.IOException(\"no more\");")
                .servlet(
                        "app.Close",
                        "/close",
                        "response.setHeader(\"Connection\", \"close\");" + half
                                + "throw new java.io.IOException(\"no more\");")
                .jar(server.webapps().resolve("app.jar"));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /// Sends a request, and reads up to the end of the connection.
    ///
    /// @throws IOException if the connection is reset
    private String send(String path, String rest) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.at("/").getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(("GET /app/" + path + " " + rest).getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void failedBodyDelimitedByTheConnectionEndsWithAReset() throws IOException {
        for (String rest : DELIMITED_BY_CONNECTION) {
            assertThat(send("whole", rest)).as(rest).startsWith("HTTP/1.1 200").hasSizeGreaterThan(50_000);
            assertThatThrownBy(() -> send("half", rest)).as(rest).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> send("close", "HTTP/1.1\r\nHost: x\r\n\r\n")).isInstanceOf(IOException.class);
    }

    @Test
    void failedChunkedBodyHasNoLastChunk() throws IOException {
        assertThat(send("half", "HTTP/1.1\r\nHost: x\r\n\r\n"))
                .contains("Transfer-Encoding: chunked")
                .hasSizeGreaterThan(50_000)
                .doesNotEndWith("0\r\n\r\n");
    }
}
