package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.config.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionIT {
    /// Writes a million bytes of JSON, as an application without a length does.
    private static final String JSON = """
            response.setContentType("application/json");
            StringBuilder rows = new StringBuilder("[");
            for (int i = 0; rows.length() < 1_000_000; i++) {
                rows.append(i == 0 ? "" : ",").append("{\\"id\\":").append(i).append(",\\"name\\":\\"user").append(i * 31).append("\\"}");
            }
            response.getOutputStream().write(rows.append("]").toString().getBytes("UTF-8"));
            """;

    /// Flushes a part, and the rest only when another request comes.
    private static final String PARTS = """
            response.setContentType(request.getParameter("type"));
            response.getOutputStream().print("first\\n\\n");
            response.flushBuffer();
            try {
                LATCH.await(30, java.util.concurrent.TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new java.io.IOException(e);
            }
            response.getOutputStream().print("second\\n\\n");
            """;

    @TempDir
    Path home;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.in(home, "http.compression { enabled = true }");
        new Archive()
                .servlet("app.Json", "/json", JSON)
                .servlet(
                        "app.Parts",
                        "/parts",
                        PARTS.replace(
                                "LATCH",
                                "((java.util.concurrent.CountDownLatch) getServletContext()"
                                        + ".getAttribute(\"latch\"))"))
                .servlet(
                        "app.Latch",
                        "/latch",
                        "getServletContext().setAttribute(\"latch\", new java.util.concurrent.CountDownLatch(1));")
                .servlet(
                        "app.Open",
                        "/open",
                        "((java.util.concurrent.CountDownLatch) getServletContext().getAttribute(\"latch\")).countDown();")
                .servlet(
                        "app.Picture",
                        "/picture",
                        "response.setContentType(\"image/png\"); response.getOutputStream().write(new byte[100_000]);")
                .servlet(
                        "app.Ready",
                        "/ready",
                        "response.setContentType(\"text/plain\"); response.setHeader(\"Content-Encoding\", \"br\");"
                                + "response.getOutputStream().write(new byte[100_000]);")
                .servlet(
                        "app.Small",
                        "/small",
                        "response.setContentType(\"text/plain\"); response.getWriter().print(\"small\");")
                .servlet(
                        "app.Body",
                        "/body",
                        "response.setContentType(\"application/octet-stream\");"
                                + "request.getInputStream().transferTo(response.getOutputStream());")
                .source("app.Echo", """
                        package app;
                        @jakarta.websocket.server.ServerEndpoint("/socket")
                        public class Echo {
                            @jakarta.websocket.OnMessage
                            public String echo(String text) { return "echo " + text; }
                        }
                        """)
                .entry("META-INF/resources/large.txt", "a line of text\n".repeat(10_000))
                .jar(server.webapps().resolve("app.jar"));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void jsonIsCompressedForClientsThatAcceptIt(HttpClient.Version version) throws Exception {
        HttpResponse<byte[]> plain = get("/app/json", "identity", version);
        HttpResponse<byte[]> gzip = get("/app/json", "gzip", version);

        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(gzip.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(gzip.headers().allValues("Vary")).contains("Accept-Encoding");
        assertThat(gzip.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(unzip(gzip.body())).isEqualTo(plain.body());
        assertThat(gzip.body()).hasSizeLessThan(plain.body().length * 30 / 100);
    }

    @Test
    void otherTypesSmallResponsesAndEncodedOnesStayAsTheyAre() throws Exception {
        for (String path : new String[] {"/app/picture", "/app/small"}) {
            assertThat(get(path, "gzip").headers().firstValue("Content-Encoding"))
                    .as(path)
                    .isEmpty();
        }
        assertThat(get("/app/ready", "gzip, br").headers().allValues("Content-Encoding"))
                .containsExactly("br");
    }

    @Test
    void whatIsFlushedReachesTheClientAtOnce() throws Exception {
        get("/app/latch", "gzip");
        HttpResponse<InputStream> response = stream("/app/parts?type=application/x-ndjson");
        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        try (InputStream body = new GZIPInputStream(response.body(), 1)) {
            assertThat(body.readNBytes(7)).asString(StandardCharsets.US_ASCII).isEqualTo("first\n\n");
            get("/app/open", "gzip");
            assertThat(body.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("second\n\n");
        }
    }

    @Test
    void eventsAreNeverCompressed() throws Exception {
        get("/app/latch", "gzip");
        HttpResponse<InputStream> response = stream("/app/parts?type=text/event-stream");
        assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
        try (InputStream body = response.body()) {
            assertThat(body.readNBytes(7)).asString(StandardCharsets.US_ASCII).isEqualTo("first\n\n");
            get("/app/open", "gzip");
            assertThat(body.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("second\n\n");
        }
    }

    @Test
    void bodiesOfRequestsStayAsTheyAreSent() throws Exception {
        byte[] zipped = zip(new byte[100_000]);
        HttpResponse<byte[]> echo = server.client()
                .send(
                        HttpRequest.newBuilder(server.at("/app/body"))
                                .header("Content-Encoding", "gzip")
                                .POST(BodyPublishers.ofByteArray(zipped))
                                .build(),
                        BodyHandlers.ofByteArray());
        assertThat(echo.body()).isEqualTo(zipped);
    }

    @Test
    void compressedFileIsNotSentAgain() throws Exception {
        HttpResponse<byte[]> first = get("/app/large.txt", "gzip");
        assertThat(first.headers().firstValue("Content-Encoding")).hasValue("gzip");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(get("/app/large.txt", "identity").headers().firstValue("ETag"))
                .isNotEqualTo(tag);

        HttpResponse<byte[]> second = server.client()
                .send(
                        HttpRequest.newBuilder(server.at("/app/large.txt"))
                                .header("Accept-Encoding", "gzip")
                                .header("If-None-Match", tag)
                                .build(),
                        BodyHandlers.ofByteArray());
        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(second.headers().firstValue("ETag")).hasValue(tag);
    }

    @Test
    void headHasNoBody() throws Exception {
        HttpResponse<byte[]> head = server.client()
                .send(
                        HttpRequest.newBuilder(server.at("/app/large.txt"))
                                .header("Accept-Encoding", "gzip")
                                .HEAD()
                                .build(),
                        BodyHandlers.ofByteArray());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void webSocketsOpenAsWithoutCompression() throws Exception {
        Map<String, String> headers = RawSocket.headers(server);
        headers.put("Accept-Encoding", "gzip");
        try (RawSocket socket = RawSocket.open(server, "/app/socket", headers)) {
            socket.send(RawSocket.TEXT, true, "hi");
            assertThat(socket.next().text()).isEqualTo("echo hi");
        }
    }

    @Test
    void eventsAmongTheTypesAreAnInvalidConfiguration() {
        assertThatThrownBy(() -> TestServer.in(home, "http.compression.types = [\"text/event-stream\"]"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("http.compression.types: text/event-stream is never compressed");
    }

    private HttpResponse<byte[]> get(String path, String encodings) throws IOException, InterruptedException {
        return get(path, encodings, HttpClient.Version.HTTP_1_1);
    }

    private HttpResponse<byte[]> get(String path, String encodings, HttpClient.Version version)
            throws IOException, InterruptedException {
        return server.client().send(request(path, encodings).version(version).build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<InputStream> stream(String path) throws IOException, InterruptedException {
        return server.client().send(request(path, "gzip").build(), BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String path, String encodings) {
        return HttpRequest.newBuilder(server.at(path))
                .timeout(Duration.ofSeconds(30))
                .header("Accept-Encoding", encodings);
    }

    private static byte[] unzip(byte[] zipped) throws IOException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return in.readAllBytes();
        }
    }

    private static byte[] zip(byte[] plain) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(plain);
        }
        return zipped.toByteArray();
    }
}
