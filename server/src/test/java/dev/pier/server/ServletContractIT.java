package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What applications and clients expect of any servlet container.
class ServletContractIT {
    @TempDir
    Path home;

    @Test
    void optionsAsteriskAsksAboutTheServer() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("root").jar(server.webapps().resolve("ROOT.jar"));
            server.start();

            assertThat(raw(server, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n");
        }
    }

    @Test
    void transferCodingsOtherThanChunkedAreRefused() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .servlet("app.Echo", "/echo", "request.getInputStream().transferTo(response.getOutputStream());")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            String rest = "Host: x\r\nConnection: close\r\n\r\n2\r\nab\r\n0\r\n\r\n";
            assertThat(raw(server, "POST /app/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + rest))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(raw(server, "POST /app/echo HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n" + rest))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(raw(server, "POST /app/echo HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n" + rest))
                    .startsWith("HTTP/1.1 501 ");
        }
    }

    @Test
    void welcomeFileCanBeAServlet() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("no static file")
                    .servlet("app.Start", "/start.do", "response.getWriter().print(\"started\");")
                    .servlet("app.Deep", "*.deep", "response.getWriter().print(request.getServletPath());")
                    .entry("WEB-INF/web.xml", """
                            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                              <welcome-file-list>
                                <welcome-file>start.do</welcome-file>
                                <welcome-file>index.deep</welcome-file>
                              </welcome-file-list>
                            </web-app>
                            """)
                    .entry("folder/file.txt", "x")
                    .war(server.webapps().resolve("app.war"));
            new Archive().entry("folder/file.txt", "x").war(server.webapps().resolve("plain.war"));
            server.start();

            assertThat(server.get("/plain/folder/").statusCode()).isEqualTo(403);
            assertThat(server.get("/app/").body()).isEqualTo("started");
            assertThat(server.get("/app/folder/").body()).isEqualTo("/folder/index.deep");
        }
    }

    @Test
    void contentTypeOfBytesIsNotChanged() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .servlet("app.Bytes", "/bytes", """
                            response.setHeader("content-type", "text/plain");
                            response.getOutputStream().write("ü".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                            """)
                    .servlet("app.Text", "/text", """
                            response.setContentType("text/plain");
                            response.getWriter().print("ü");
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(server.get("/app/bytes").headers().firstValue("Content-Type"))
                    .contains("text/plain");
            // SPEC: Servlet 6.1, ServletResponse.getWriter: the charset is told, ISO-8859-1 if none was set.
            assertThat(server.get("/app/text").headers().firstValue("Content-Type"))
                    .contains("text/plain;charset=iso-8859-1");
        }
    }

    @Test
    void formsHaveLimitsWithSettings() throws Exception {
        try (TestServer server = TestServer.in(home, "http.max-form = 400 KiB, http.max-form-fields = 2000")) {
            String parameters = "response.getWriter().print(request.getParameterMap().size());";
            new Archive()
                    .servlet("app.Form", "/form", parameters)
                    .source("app.Parts", """
                            package app;
                            import jakarta.servlet.annotation.*;
                            import jakarta.servlet.http.*;
                            @WebServlet("/parts")
                            @MultipartConfig
                            public class Parts extends HttpServlet {
                                @Override
                                protected void service(HttpServletRequest request, HttpServletResponse response)
                                        throws java.io.IOException {
                                    %s
                                }
                            }
                            """.formatted(parameters))
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(form(server, fields(1, 300 * 1024)).body()).isEqualTo("1");
            assertThat(form(server, fields(1500, 1)).body()).isEqualTo("1500");
            assertThat(form(server, fields(1, 500 * 1024)))
                    .satisfies(it -> assertThat(it.statusCode()).isEqualTo(413))
                    .satisfies(it -> assertThat(it.body()).contains("409600 bytes (http.max-form)"));
            assertThat(form(server, fields(2500, 1)))
                    .satisfies(it -> assertThat(it.statusCode()).isEqualTo(413))
                    .satisfies(it -> assertThat(it.body()).contains("2000 fields (http.max-form-fields)"));
            assertThat(parts(server, 300 * 1024).body()).isEqualTo("1");
            assertThat(parts(server, 500 * 1024))
                    .satisfies(it -> assertThat(it.statusCode()).isEqualTo(413))
                    .satisfies(it -> assertThat(it.body()).contains("(http.max-form)"));
        }
    }

    @Test
    void failedUpgradeEndsTheConnection() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .source("app.Echo", """
                            package app;
                            public class Echo implements jakarta.servlet.http.HttpUpgradeHandler {
                                @Override
                                public void init(jakarta.servlet.http.WebConnection connection) {
                                    try (connection) {
                                        connection.getOutputStream().write("upgraded".getBytes());
                                    } catch (Exception e) {
                                        throw new IllegalStateException(e);
                                    }
                                }
                                @Override
                                public void destroy() {}
                            }
                            """)
                    .servlet("app.Flush", "/flush", "request.upgrade(Echo.class); response.flushBuffer();")
                    .servlet("app.Status", "/status", "request.upgrade(Echo.class); response.setStatus(200);")
                    .servlet("app.Error", "/error", "request.upgrade(Echo.class); response.sendError(500);")
                    .source("app.Broken", """
                            package app;
                            public class Broken implements jakarta.servlet.http.HttpUpgradeHandler {
                                @Override
                                public void init(jakarta.servlet.http.WebConnection connection) {
                                    throw new IllegalStateException("no more");
                                }
                                @Override
                                public void destroy() {}
                            }
                            """)
                    .servlet("app.Bad", "/bad", "request.upgrade(Broken.class);")
                    .servlet("app.Good", "/good", "request.upgrade(Echo.class);")
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(readUntil(server, upgrade("good"), "upgraded")).startsWith("HTTP/1.1 101 ");
            assertThat(raw(server, upgrade("flush"))).doesNotContain("upgraded");
            assertThat(readUntil(server, upgrade("status"), "</html>\n")).startsWith("HTTP/1.1 500 ");
            assertThat(readUntil(server, upgrade("error"), "</html>\n")).startsWith("HTTP/1.1 500 ");
            assertThat(raw(server, upgrade("bad"))).doesNotContain("upgraded");
            assertThat(readUntil(server, upgrade("good"), "upgraded")).startsWith("HTTP/1.1 101 ");
        }
    }

    private static String upgrade(String path) {
        return "GET /app/" + path + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
    }

    private static String fields(int count, int length) {
        return IntStream.range(0, count)
                .mapToObj(i -> "f" + i + "=" + "x".repeat(length))
                .collect(Collectors.joining("&"));
    }

    private static HttpResponse<String> form(TestServer server, String body) throws Exception {
        return server.send(HttpRequest.newBuilder(server.at("/app/form"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> parts(TestServer server, int length) throws Exception {
        return server.send(HttpRequest.newBuilder(server.at("/app/parts"))
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString("--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n"
                        + "x".repeat(length) + "\r\n--b--\r\n")));
    }

    /// Sends bytes, and reads until the server closes the connection.
    private static String raw(TestServer server, String request) throws IOException {
        return readUntil(server, request, "\0");
    }

    /// Sends bytes, and reads until the answer ends with a text, or the server closes the connection.
    private static String readUntil(TestServer server, String request, String end) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.at("/").getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            for (int next = 0; next >= 0 && !answer.toString().endsWith(end); ) {
                next = socket.getInputStream().read();
                answer.append(next < 0 ? "" : (char) next);
            }
            return answer.toString();
        }
    }
}
