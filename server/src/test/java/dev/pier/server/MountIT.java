package dev.pier.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.plugin.Mount;
import dev.pier.server.webapp.AppStatus;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Paths that a plugin serves beside the applications.
class MountIT {
    @TempDir
    Path folder;

    /// The work of a servlet.
    private interface Work {
        void run(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    private static HttpServlet servlet(Work work) {
        return new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                work.run(request, response);
            }
        };
    }

    private static HttpServlet saying(String text) {
        return servlet((request, response) ->
                response.getOutputStream().print(text + " " + request.getContextPath() + " " + request.getPathInfo()));
    }

    private static Mount mount(String path, HttpServlet servlet, String... hosts) {
        return new Mount(path, servlet, Set.of(hosts), null, "", false);
    }

    private TestServer serving(Mount... mounts) throws Exception {
        return TestServer.started(folder, "http.max-request-body = 1 KiB", new TestPlugin(context -> {
            for (Mount mount : mounts) {
                context.mount(mount);
            }
        }));
    }

    @Test
    void theLongestPathServesAndThePathItselfDoesToo() throws Exception {
        try (TestServer server = serving(mount("/a", saying("short")), mount("/a/b", saying("long")))) {
            assertThat(server.get("/a/c/d").body()).isEqualTo("short /a /c/d");
            assertThat(server.get("/a").body()).isEqualTo("short /a null");
            assertThat(server.get("/a/b/").body()).isEqualTo("long /a/b /");
            assertThat(server.get("/ab").statusCode()).isEqualTo(404);
            assertThat(server.admin("/metrics").body())
                    .contains(
                            "http_server_requests_seconds_count{application=\"/a\",method=\"GET\",route=\"/a\",status=\"2xx\"} 2")
                    .contains("application=\"/a/b\",method=\"GET\",route=\"/a/b\",status=\"2xx\"} 1");
        }
    }

    @Test
    void aMountForAHostLeavesTheOthersToAnApplication() throws Exception {
        Path app = folder.resolve("webapps/ROOT");
        Files.createDirectories(app);
        Files.writeString(app.resolve("index.html"), "application");
        try (TestServer server = serving(mount("/", saying("mount"), "localhost", "*.shop.example"))) {
            server.awaitBody("/index.html", "application");
            assertThat(raw(server, "GET /x HTTP/1.1\r\nHost: LOCALHOST:80\r\nConnection: close\r\n\r\n"))
                    .contains("mount  /x");
            assertThat(raw(server, "GET /x HTTP/1.1\r\nHost: a.shop.example\r\nConnection: close\r\n\r\n"))
                    .contains("mount  /x");
            assertThat(raw(server, "GET /x HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"))
                    .contains(" 404 ");
        }
    }

    @Test
    void anApplicationAtThePathOfAMountIsRefused() throws Exception {
        Files.createDirectories(folder.resolve("webapps/a"));
        Files.writeString(folder.resolve("webapps/a/index.html"), "application");
        try (TestServer server = serving(mount("/a", saying("mount")))) {
            assertThat(server.await("a", AppStatus.State.FAILED).reason())
                    .isEqualTo("the path /a is already served by a mount of server.conf");
            assertThat(server.get("/a/index.html").body()).isEqualTo("mount /a /index.html");
        }
    }

    @Test
    void aMountHasALimitOfItsOwnForBodies() throws Exception {
        HttpServlet size = servlet((request, response) ->
                response.getOutputStream().print(request.getInputStream().readAllBytes().length));
        Mount large = new Mount("/large", size, Set.of(), 5000L, "test.large", false);
        try (TestServer server = serving(large, mount("/small", size))) {
            assertThat(post(server, "/large", 5000).body()).isEqualTo("5000");
            assertThat(post(server, "/large", 5001).statusCode()).isEqualTo(413);
            assertThat(post(server, "/large", 5001).body()).contains("5001 bytes are more than 5000 (test.large)");
            assertThat(post(server, "/small", 1025).body()).contains("(http.max-request-body)");
        }
    }

    private static HttpResponse<String> post(TestServer server, String path, int size) throws Exception {
        return server.send(HttpRequest.newBuilder(server.at(path)).POST(BodyPublishers.ofByteArray(new byte[size])));
    }

    private static final List<String> AMBIGUOUS = List.of("/%2Fx", "/a%2fb", "/%25", "//x", "/x//");

    @Test
    void ambiguousPathsReachOnlyTheMountsThatTakeThem() throws Exception {
        Files.createDirectories(folder.resolve("webapps/ROOT"));
        Files.writeString(folder.resolve("webapps/ROOT/index.html"), "application");
        HttpServlet raw = servlet((request, response) ->
                response.getOutputStream().print("<" + request.getRequestURI() + "> " + request.getPathInfo()));
        Mount taking = new Mount("/raw", raw, Set.of(), null, "", true);
        try (TestServer server = serving(taking, mount("/strict", raw))) {
            server.awaitBody("/index.html", "application");
            for (String path : AMBIGUOUS) {
                assertThat(raw(server, closing("/raw" + path))).contains(" 200 ", "</raw" + path + ">");
                for (String other : new String[] {"/strict", "", "/none", "/raw%2F"}) {
                    assertThat(raw(server, closing(other + path)))
                            .startsWith("HTTP/1.1 400 ")
                            .contains("raw-path = true")
                            .doesNotContain("application<");
                }
            }
            // Anything that is not a matter of the application's segments stays refused.
            for (String path : new String[] {"/%2e%2e/x", "/..;/x", "/%ff", "/%zz", "/%u0041"}) {
                assertThat(raw(server, closing("/raw" + path))).startsWith("HTTP/1.1 400 ");
            }
            assertThat(raw(server, closing("/raw/../strict/x"))).contains("</raw/../strict/x> /x");
            assertThat(server.get("/strict/x").body()).isEqualTo("</strict/x> /x");
        }
    }

    @Test
    void withoutSuchAMountJettyRefusesThem() throws Exception {
        try (TestServer server = serving(mount("/strict", saying("strict")))) {
            for (String path : AMBIGUOUS) {
                assertThat(raw(server, closing("/strict" + path))).startsWith("HTTP/1.1 400 ");
            }
        }
    }

    private static String closing(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    }

    /// Without the attribute, Jetty writes its own spelling.
    @Test
    void aContentTypeIsSentAsItIs() throws Exception {
        HttpServlet typed = servlet((request, response) -> {
            String type = "Text/HTML; Charset=UTF-8";
            response.setContentType(type);
            if (request.getPathInfo() == null) {
                request.setAttribute(Mount.CONTENT_TYPE, type);
            }
            response.getOutputStream().print("x");
        });
        try (TestServer server = serving(mount("/a", typed))) {
            assertThat(server.get("/a").headers().firstValue("Content-Type")).contains("Text/HTML; Charset=UTF-8");
            assertThat(server.get("/a/b").headers().firstValue("Content-Type")).contains("text/html;charset=utf-8");
        }
    }

    @Test
    void aFailedServletDoesNotStart() {
        HttpServlet broken = new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            public void init() throws ServletException {
                throw new ServletException("no module");
            }
        };
        assertThatThrownBy(() -> serving(mount("/a", broken)).close())
                .isInstanceOf(StartException.class)
                .hasStackTraceContaining("no module");
    }

    @Test
    void aRequestInFlightEndsBeforeTheServer() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (TestServer server = serving(mount("/a", servlet((_, response) -> {
            entered.countDown();
            await(leave);
            response.getOutputStream().print("late");
        })))) {
            CompletableFuture<HttpResponse<String>> answer = server.client()
                    .sendAsync(HttpRequest.newBuilder(server.at("/a")).build(), BodyHandlers.ofString());
            assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
            Thread stop = Thread.ofVirtual().start(server.server()::stop);
            TestServer.await("a closed port", () -> {
                try (Socket _ = new Socket(
                        InetAddress.getLoopbackAddress(), server.at("/").getPort())) {
                    return false;
                } catch (IOException refused) {
                    return true;
                }
            });
            leave.countDown();
            assertThat(answer.get(30, TimeUnit.SECONDS).body()).isEqualTo("late");
            stop.join();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A servlet that writes nothing, and ends when its client has left.
    private static HttpServlet waiting(CountDownLatch entered, CompletableFuture<String> ended) {
        return servlet((request, _) -> {
            request.getInputStream().readAllBytes();
            BooleanSupplier gone = (BooleanSupplier) request.getAttribute(Mount.CLIENT_GONE);
            assertThat(gone.getAsBoolean()).isFalse();
            entered.countDown();
            while (!gone.getAsBoolean() && !ended.isDone()) {
                Thread.onSpinWait();
            }
            ended.complete("gone");
        });
    }

    @Test
    void aSilentServletLearnsThatItsClientHasLeft() throws Exception {
        for (String request : new String[] {
            "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        }) {
            CountDownLatch entered = new CountDownLatch(1);
            CompletableFuture<String> ended = new CompletableFuture<>();
            try (TestServer server = serving(mount("/a", waiting(entered, ended)))) {
                try (Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.at("/").getPort())) {
                    socket.getOutputStream().write(request.getBytes(UTF_8));
                    assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
                }
                TestServer.await("the end of the servlet", ended::isDone);
            }
        }
    }

    @Test
    void aClientOfHttp2ThatResetsItsRequestHasLeft() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<String> ended = new CompletableFuture<>();
        HttpClient client = new HttpClient(new HttpClientTransportOverHTTP2(new HTTP2Client()));
        try (TestServer server = serving(mount("/a", waiting(entered, ended)), mount("/b", saying("b")))) {
            client.start();
            Request request = client.newRequest(server.at("/a"));
            request.send(_ -> {});
            assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<Boolean> _ = request.abort(new IOException("the test leaves"));
            TestServer.await("the end of the servlet", ended::isDone);
            assertThat(client.GET(server.at("/b/c")).getContentAsString()).isEqualTo("b /b /c");
        } finally {
            client.stop();
        }
    }

    /// While a servlet works, the silence of its connection is no reason to close it.
    @Test
    void aSilentServletOutlivesTheIdleTimeout() throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        HttpServlet silent = servlet((_, response) -> {
            response.getOutputStream().print("begun ");
            response.flushBuffer();
            await(leave);
            response.getOutputStream().print("and ended");
        });
        try (TestServer server = TestServer.started(
                folder, "http.idle-timeout = 1 s", new TestPlugin(context -> context.mount(mount("/a", silent))))) {
            CompletableFuture<HttpResponse<String>> answer = server.client()
                    .sendAsync(HttpRequest.newBuilder(server.at("/a")).build(), BodyHandlers.ofString());
            // Two connections in turn that the server closes, because nothing comes.
            for (int i = 0; i < 2; i++) {
                try (Socket idle = new Socket(
                        InetAddress.getLoopbackAddress(), server.at("/").getPort())) {
                    assertThat(idle.getInputStream().read()).isNegative();
                }
            }
            leave.countDown();
            assertThat(answer.get(30, TimeUnit.SECONDS).body()).isEqualTo("begun and ended");
        }
    }

    /// The bytes of the next request, which the look for the client finds, are not lost.
    @Test
    void aPipelinedRequestIsAnsweredAfterALookForTheClient() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch sent = new CountDownLatch(1);
        HttpServlet looking = servlet((request, response) -> {
            BooleanSupplier gone = (BooleanSupplier) request.getAttribute(Mount.CLIENT_GONE);
            assertThat(gone.getAsBoolean()).isFalse();
            entered.countDown();
            await(sent);
            for (int i = 0; i < 10_000; i++) {
                assertThat(gone.getAsBoolean()).isFalse();
            }
            response.getOutputStream().print("<" + request.getPathInfo() + ">");
        });
        try (TestServer server = serving(mount("/a", looking));
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.at("/").getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /a/first HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
            assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
            out.write("GET /a/second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
            sent.countDown();
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .contains("</first>", "</second>");
        }
    }

    private static String raw(TestServer server, String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.at("/").getPort())) {
            socket.getOutputStream().write(request.getBytes(UTF_8));
            socket.setSoTimeout(30_000);
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
