package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsIT {
    private static final String ECHO_SIZE =
            "response.getWriter().print(request.getInputStream().readAllBytes().length);";

    @TempDir
    Path home;

    @Test
    void tooLargeBodyGets413WithAndWithoutContentLength() throws Exception {
        try (TestServer server = TestServer.in(home, "http.max-request-body = 10 KiB")) {
            new Archive()
                    .servlet("app.Size", "/size", ECHO_SIZE)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(post(server, 10 * 1024).body()).isEqualTo("10240");
            assertThat(post(server, 10 * 1024 + 1).statusCode()).isEqualTo(413);
            HttpResponse<String> chunked = server.send(HttpRequest.newBuilder(server.at("/app/size"))
                    .version(HttpClient.Version.HTTP_1_1)
                    .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[20_000]))));
            assertThat(chunked.statusCode()).isEqualTo(413);
        }
    }

    /// The client sends all of its body before it reads, as many do.
    @Test
    void aClientThatIsStillSendingSeesThe413() throws Exception {
        int bytes = 40 << 20;
        byte[] chunk = new byte[1 << 20];
        try (TestServer server = TestServer.in(home, "http.max-request-body = 10 KiB")) {
            new Archive()
                    .servlet("app.Size", "/size", ECHO_SIZE)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            String head = "POST /app/size HTTP/1.1\r\nHost: x\r\n";
            for (boolean chunked : new boolean[] {false, true}) {
                try (Socket socket = connect(server)) {
                    OutputStream out = socket.getOutputStream();
                    out.write(
                            (head + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + bytes) + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    for (int sent = 0; sent < bytes; sent += chunk.length) {
                        if (chunked) {
                            out.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
                        }
                        out.write(chunk);
                        if (chunked) {
                            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                        }
                    }
                    if (chunked) {
                        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        socket.shutdownOutput();
                    }
                    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                            .as("chunked " + chunked)
                            .startsWith("HTTP/1.1 413 ")
                            .contains(chunked ? "413" : "Connection: close");
                }
            }
            assertThat(post(server, 10 * 1024).body()).isEqualTo("10240");
        }
    }

    @Test
    void aClientThatStopsSendingAfterThe413IsNotAwaited() throws Exception {
        try (TestServer server = TestServer.in(home, "http.max-request-body = 10 KiB")) {
            new Archive()
                    .servlet("app.Size", "/size", ECHO_SIZE)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            try (Socket socket = connect(server)) {
                socket.getOutputStream()
                        .write("POST /app/size HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nxxxx"
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 413 ");
                TestServer.await("the end of the connection", () -> isClosedByServer(socket));
            }
        }
    }

    /// Whether the server answers more bytes with a reset.
    private static boolean isClosedByServer(Socket socket) {
        try {
            socket.getOutputStream().write('x');
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    @Test
    void aClientWithTooManyRequestsGets429AndOthersDoNot() throws Exception {
        TestPlugin plugin = new TestPlugin(context ->
                context.bind("test/client", Supplier.class, (Supplier<Object>) () -> context.currentClient()));
        try (TestServer server = TestServer.in(home, "http.max-requests-per-client = 2", plugin)) {
            new Archive()
                    .servlet("app.Size", "/size", ECHO_SIZE)
                    .servlet("app.Client", "/client", """
                            try {
                                response.getWriter().print(((java.util.function.Supplier<?>) new javax.naming.InitialContext()
                                        .lookup("java:comp/env/test/client")).get());
                            } catch (javax.naming.NamingException e) {
                                throw new ServletException(e);
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            assertThat(server.get("/app/client").body()).isEqualTo("127.0.0.1");
            // A client may see the whole response before its request has ended.
            TestServer.await("the end of the request", () -> inFlight(server) == 0);
            String waiting = "POST /app/size HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\n";
            try (Socket first = connect(server);
                    Socket second = connect(server)) {
                first.getOutputStream().write(waiting.getBytes(StandardCharsets.US_ASCII));
                second.getOutputStream().write(waiting.getBytes(StandardCharsets.US_ASCII));
                TestServer.await("both requests", () -> inFlight(server) == 2);
                HttpResponse<String> refused = server.get("/app/client");
                assertThat(refused.statusCode()).isEqualTo(429);
                assertThat(refused.headers().firstValue("Retry-After")).contains("1");
                try (HttpClient other = HttpClient.newBuilder()
                        .localAddress(InetAddress.ofLiteral("127.0.0.2"))
                        .build()) {
                    HttpRequest request =
                            HttpRequest.newBuilder(server.at("/app/client")).build();
                    assertThat(other.send(request, BodyHandlers.ofString()).body())
                            .isEqualTo("127.0.0.2");
                }
                first.getOutputStream().write("abc".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(first.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 200 ");
                TestServer.await("a free place", () -> server.get("/app/client").statusCode() == 200);
            }
        }
    }

    @Test
    void tooLargeHeadersGet431() throws Exception {
        try (TestServer server = TestServer.in(home, "http.max-header-size = 4 KiB")) {
            Archive.greeting("hi").jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(raw(server, "GET /app/hello HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(5000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 431 ");
            assertThat(raw(
                            server,
                            "GET /app/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + "x".repeat(3000)
                                    + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void idleConnectionIsClosed() throws Exception {
        try (TestServer server = TestServer.started(home, "http.idle-timeout = 1 s")) {
            assertThat(raw(server, "GET / HT")).doesNotContain("200");
        }
    }

    @Test
    void connectionsAboveTheLimitWait() throws Exception {
        try (TestServer server = TestServer.in(home, "http.max-connections = 1")) {
            Archive.greeting("hi").jar(server.webapps().resolve("app.jar"));
            server.start();
            String request = "GET /app/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            try (Socket first = connect(server)) {
                first.getOutputStream()
                        .write("GET /app/hello HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(first.getInputStream().read()).isEqualTo('H');
                try (Socket second = connect(server)) {
                    second.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                    first.shutdownOutput();
                    assertThat(new String(second.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                            .startsWith("HTTP/1.1 200 ");
                }
            }
        }
    }

    @Test
    void errorPagesRevealNoInternals() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .servlet("app.Fails", "/fails", "throw new IllegalStateException(\"the password is 123\");")
                    .servlet("app.Says", "/says", "response.sendError(404, \"no such <user>\");")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            HttpResponse<String> fails = server.get("/app/fails");
            assertThat(fails.statusCode()).isEqualTo(500);
            assertThat(fails.body())
                    .contains("500 ")
                    .doesNotContainIgnoringCase("exception", "password", "jetty", "app.");
            HttpResponse<String> says = server.get("/app/says");
            assertThat(says.statusCode()).isEqualTo(404);
            assertThat(says.body()).contains("no such &lt;user&gt;").doesNotContainIgnoringCase("jetty");
            HttpResponse<String> nowhere = server.get("/nowhere");
            assertThat(nowhere.statusCode()).isEqualTo(404);
            assertThat(nowhere.body()).contains("404 Not Found").doesNotContainIgnoringCase("jetty");
            assertThat(nowhere.headers().map()).doesNotContainKeys("server", "x-powered-by");
            HttpResponse<String> json =
                    server.send(HttpRequest.newBuilder(server.at("/app/says")).header("Accept", "application/json"));
            assertThat(json.body()).isEqualTo("{\"status\":404,\"message\":\"no such <user>\"}\n");
        }
    }

    @Test
    void forwardedHeadersAreTrustedOnlyIfConfigured() throws Exception {
        Archive archive =
                new Archive().servlet("app.Who", "/who", "response.getWriter().print(request.getRemoteAddr());");
        try (TestServer distrusting = TestServer.in(home.resolve("1"), "");
                TestServer trusting = TestServer.in(home.resolve("2"), "http.trust-forwarded = true")) {
            archive.jar(distrusting.webapps().resolve("app.jar"));
            archive.jar(trusting.webapps().resolve("app.jar"));
            distrusting.start();
            trusting.start();

            assertThat(forwarded(distrusting).body()).isEqualTo("127.0.0.1");
            assertThat(forwarded(trusting).body()).isEqualTo("203.0.113.7");
        }
    }

    @Test
    void plainPortServesBothHttpVersions() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .servlet("app.P", "/p", "response.getWriter().print(request.getProtocol());")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            HttpRequest.Builder request = HttpRequest.newBuilder(server.at("/app/p"));
            assertThat(server.send(request.version(HttpClient.Version.HTTP_1_1)).body())
                    .isEqualTo("HTTP/1.1");
            assertThat(server.send(request.version(HttpClient.Version.HTTP_2)).body())
                    .as("a client that asks for an upgrade")
                    .isEqualTo("HTTP/1.1");
            assertThat(answersWithSettings(server.at("/").getPort()))
                    .as("a client that starts with HTTP/2")
                    .isTrue();
        }
    }

    /// Whether the server answers the HTTP/2 preface with a SETTINGS frame.
    /// SPEC: RFC 9113, section 3.4.
    private static boolean answersWithSettings(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            out.flush();
            return socket.getInputStream().readNBytes(9)[3] == 4;
        }
    }

    @Test
    void requestsRunOnVirtualThreadsWithoutALimit() throws Exception {
        int requests = 300;
        var together = new CyclicBarrier(requests);
        TestPlugin plugin = new TestPlugin(context -> context.bind("together", CyclicBarrier.class, together));
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .servlet("app.Meet", "/meet", "@Inject private java.util.concurrent.CyclicBarrier together;", """
                            try {
                                together.await(20, java.util.concurrent.TimeUnit.SECONDS);
                                response.getWriter().print(Thread.currentThread().isVirtual());
                            } catch (Exception e) {
                                throw new ServletException(e);
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            HttpRequest request = HttpRequest.newBuilder(server.at("/app/meet"))
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
            var answers = IntStream.range(0, requests)
                    .mapToObj(_ -> server.client().sendAsync(request, BodyHandlers.ofString()))
                    .toList();
            for (var answer : answers) {
                assertThat(answer.get().body()).isEqualTo("true");
            }
        }
    }

    /// As the admin port says, which the limit does not concern.
    private static double inFlight(TestServer server) throws Exception {
        return server.admin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("http_server_active"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static HttpResponse<String> post(TestServer server, int bytes) throws Exception {
        return server.send(HttpRequest.newBuilder(server.at("/app/size"))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(BodyPublishers.ofByteArray(new byte[bytes])));
    }

    private static HttpResponse<String> forwarded(TestServer server) throws Exception {
        return server.send(HttpRequest.newBuilder(server.at("/app/who")).header("X-Forwarded-For", "203.0.113.7"));
    }

    private static Socket connect(TestServer server) throws Exception {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.server().url().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /// Sends bytes, and reads until the server closes the connection.
    private static String raw(TestServer server, String request) throws Exception {
        try (Socket socket = connect(server)) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
