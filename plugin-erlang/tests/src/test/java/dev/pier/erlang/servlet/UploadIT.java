package dev.pier.erlang.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.SmallJvm;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.Transcript;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Uploads from a real HTTP client into a real Erlang process. `-Dlarge.upload.bytes=1000000000` makes the largest a
/// gigabyte.
class UploadIT {
    private static final long LARGE = Long.getLong("large.upload.bytes", 200_000_000);

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path folder;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Server SERVER = new Server(0);
    private static TestNode node;
    private static Peer peer;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start(erlang.cookie());
        peer = node.peer(erlang).with(new CallOptions(Duration.ofMinutes(1)));
        erlang.compile(Files.readString(Path.of("..", "erlang", "src", "pier_stream.erl")));
        erlang.compile("""
                -module(up).
                -export([sha/1, sha/2, first/1, gated/1, dies/1, never/1, count/1, kinds/1, trapping/1, late/1, stays/1]).
                sha(Upload) -> sha(Upload, crypto:hash_init(sha256)).
                sha(Upload, Context) ->
                    case pier_stream:read(Upload) of
                        {ok, <<_, _/binary>> = Bytes} -> sha(Upload, crypto:hash_update(Context, Bytes));
                        eof -> crypto:hash_final(Context)
                    end.
                first(#{<<"parts">> := [Part | _]}) -> sha(Part).
                %% Reads once, and goes on when it is told to.
                gated(Upload) ->
                    {ok, First} = pier_stream:read(Upload),
                    register(gated, self()),
                    receive go -> ok end,
                    sha(Upload, crypto:hash_update(crypto:hash_init(sha256), First)).
                dies(Upload) -> {ok, _} = pier_stream:read(Upload), exit(full).
                never({pier_upload, 1, Source, _}) -> note(never, Source), not_read.
                count(Upload) -> register(count, self()), note(count, self()), count(Upload, 0).
                count(Upload, N) ->
                    case pier_stream:read(Upload) of
                        {ok, Bytes} -> put(n, N + byte_size(Bytes)), count(Upload, N + byte_size(Bytes));
                        eof -> N
                    end.
                kinds(Upload) ->
                    {ok, Bytes} = pier_stream:read(Upload),
                    Self = self(),
                    spawn(fun() -> Self ! {other, pier_stream:read(Upload)} end),
                    Other = receive {other, O} -> O end,
                    eof = pier_stream:read(Upload),
                    eof = pier_stream:read(Upload, 0),
                    {links, Links} = process_info(self(), links),
                    {messages, Left} = process_info(self(), messages),
                    {_, _, Source, _} = Upload,
                    #{bytes => Bytes, size => pier_stream:size(Upload), other => Other, left => Left,
                      linked => lists:member(Source, Links)}.
                trapping(Upload) -> process_flag(trap_exit, true), note(trapping, self()), trapping(Upload, self()).
                trapping(Upload, Self) ->
                    case pier_stream:read(Upload) of
                        {ok, _} -> trapping(Upload, Self);
                        Error -> persistent_term:put(trapped, [Error, pier_stream:read(Upload)]), Error
                    end.
                late(Upload) ->
                    {error, timeout} = pier_stream:read(Upload, 1),
                    persistent_term:put(late, true),
                    {ok, Bytes} = pier_stream:read(Upload),
                    eof = pier_stream:read(Upload),
                    Bytes.
                stays(Upload) -> note(stays, self()), {ok, _} = pier_stream:read(Upload), receive after infinity -> ok end.
                %% Remembers why a process ends.
                note(Name, Pid) ->
                    Self = self(),
                    spawn(fun() ->
                        Ref = monitor(process, Pid),
                        Self ! noting,
                        receive {'DOWN', Ref, _, _, Reason} -> persistent_term:put(Name, Reason) end
                    end),
                    receive noting -> ok end.
                """);
        ServletContextHandler app = new ServletContextHandler("/");
        app.addServletContainerInitializer(new ErlangErrorsInitializer());
        app.setAttribute("erlang/node", node.runtime());
        Transcript.serve(
                app, "/up", (q, r) -> r.getWriter().print(shown(peer.call("up", q.getParameter("f"), Upload.of(q)))));
        ServletHolder parts = new ServletHolder(new HttpServlet() {
            @Override
            protected void doPost(HttpServletRequest request, HttpServletResponse response)
                    throws ServletException, IOException {
                response.getWriter().print(shown(peer.call("up", "sha", Upload.of(request.getPart("file"), request))));
            }
        });
        parts.getRegistration().setMultipartConfig(new MultipartConfigElement(folder.toString(), -1, -1, 1 << 16));
        app.addServlet(parts, "/part");
        ServletHolder arguments = new ServletHolder(new HttpServlet() {
            @Override
            protected void doPost(HttpServletRequest request, HttpServletResponse response)
                    throws ServletException, IOException {
                Part file = request.getPart("file");
                PrintWriter out = response.getWriter();
                out.println(shown(peer.call("up", "sha", file)));
                out.println(shown(peer.call("up", "sha", file))); // Each call reads it from the beginning.
                out.println(shown(peer.call("up", "first", Map.of("parts", request.getParts()))));
                out.println(request.getPart("missing"));
            }
        });
        arguments.getRegistration().setMultipartConfig(new MultipartConfigElement(folder.toString(), -1, -1, 1 << 16));
        app.addServlet(arguments, "/arguments");
        app.addServlet(asynchronous(), "/async");
        SERVER.setHandler(app);
        SERVER.start();
    }

    private static ServletHolder asynchronous() {
        ServletHolder holder = new ServletHolder(new HttpServlet() {
            @Override
            protected void doPost(HttpServletRequest request, HttpServletResponse response) {
                AsyncContext context = request.startAsync();
                context.start(() -> {
                    try {
                        String function = request.getParameter("f");
                        response.getWriter().print(shown(peer.call("up", function, Upload.of(request))));
                        context.complete();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        });
        holder.setAsyncSupported(true);
        return holder;
    }

    @AfterAll
    static void stop() throws Exception {
        CLIENT.close();
        SERVER.stop();
        node.close();
    }

    private static String shown(Reply reply) {
        return reply.value() instanceof byte[] bytes
                ? HexFormat.of().formatHex(bytes)
                : reply.term().toString();
    }

    private static int port() {
        return ((ServerConnector) SERVER.getConnectors()[0]).getLocalPort();
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path));
    }

    private static HttpResponse<String> post(String function, byte[] body) throws Exception {
        return CLIENT.send(
                to("/up?f=" + function).POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofString());
    }

    /// Bytes that differ from place to place, made while they are read.
    private static final class Pattern extends InputStream {
        private final long size;
        private final int seed;
        private final MessageDigest digest;
        private volatile long at;

        Pattern(long size, int seed) throws Exception {
            this.size = size;
            this.seed = seed;
            this.digest = MessageDigest.getInstance("SHA-256");
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = (int) Math.min(length, size - at);
            if (count <= 0) {
                return length == 0 ? 0 : -1;
            }
            long start = at;
            for (int i = 0; i < count; i++) {
                long place = start + i;
                target[offset + i] = (byte) (seed + place + (place >>> 8) * 31 + (place >>> 20));
            }
            digest.update(target, offset, count);
            at = start + count;
            return count;
        }

        String sha() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static CompletableFuture<HttpResponse<String>> sending(String path, Pattern body) {
        return CLIENT.sendAsync(
                to(path).POST(BodyPublishers.ofInputStream(() -> body)).build(), BodyHandlers.ofString());
    }

    @Test
    void anUploadLargerThanTheHeap() throws Exception {
        Process java = SmallJvm.command(UploadServer.class, erlang)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            int port = Integer.parseInt(java.inputReader().readLine());
            Pattern body = new Pattern(LARGE, 7);
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/sha"))
                    .POST(BodyPublishers.ofInputStream(() -> body))
                    .build();
            HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(body.sha());
            assertThat(body.at).isEqualTo(LARGE);
        } finally {
            java.outputWriter().close();
            if (!java.waitFor(20, TimeUnit.SECONDS)) {
                java.destroyForcibly();
            }
        }
    }

    @Test
    void aSlowReaderSlowsTheClientAndNothingElse() throws Exception {
        Pattern body = new Pattern(100_000_000, 3);
        CompletableFuture<HttpResponse<String>> response = sending("/up?f=gated", body);
        Await.until("the reader waits", () -> !erlang.eval("whereis(gated)").equals("undefined"));
        for (int i = 0; i < 500; i++) {
            assertThat(peer.call("erlang", "abs", -i).as(int.class)).isEqualTo(i);
        }
        // In that time, an unhindered client sends everything. The rest is in the buffers of the sockets.
        assertThat(body.at).isLessThan(30_000_000);
        assertThat(erlang.eval("element(2, process_info(whereis(gated), message_queue_len)) < 100"))
                .isEqualTo("true");
        erlang.eval("gated ! go");
        assertThat(Await.result("the answer", response).body()).isEqualTo(body.sha());
    }

    @Test
    void uploadsSideBySideDoNotMix() throws Exception {
        List<Pattern> bodies = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Pattern body = new Pattern(10_000_000 + i, i);
            bodies.add(body);
            responses.add(sending("/up?f=sha", body));
        }
        for (int i = 0; i < 4; i++) {
            assertThat(Await.result("the answer", responses.get(i)).body())
                    .isEqualTo(bodies.get(i).sha());
        }
    }

    @Test
    void anEmptyUploadIsAtItsEnd() throws Exception {
        assertThat(post("sha", new byte[0]).body())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest()));
    }

    @Test
    void theEndIsReadAgainAndASecondReaderIsRefused() throws Exception {
        assertThat(post("kinds", "abc".getBytes(UTF_8)).body())
                .contains(
                        "bytes => <<\"abc\">>",
                        "size => 3",
                        "other => {error,already_read}",
                        "left => []",
                        "linked => false");
    }

    @Test
    void aReadCanTimeOutAndGoOn() throws Exception {
        try (Socket socket = new Socket("localhost", port())) {
            OutputStream out = socket.getOutputStream();
            out.write("POST /up?f=late HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
                    .getBytes(UTF_8));
            Await.until(
                    "a timeout",
                    () -> erlang.eval("persistent_term:get(late, false)").equals("true"));
            out.write("abc".getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .contains(" 200 ")
                    .contains("<<\"abc\">>");
        }
    }

    @Test
    void aVanishedClientEndsTheReader() throws Exception {
        try (Socket socket = new Socket("localhost", port())) {
            begin(socket, "count", 10_000_000);
            socket.getOutputStream().write(new byte[1_000_000]);
            Await.until(
                    "all has been read",
                    () -> erlang.eval("process_info(whereis(count), dictionary)")
                            .contains("{n,1000000}"));
        }
        Await.until(
                "the end of the reader",
                () -> erlang.eval("persistent_term:get(count, none)").equals("{shutdown,client_gone}"));
    }

    @Test
    void aReaderThatTrapsExitsIsToldOfAVanishedClient() throws Exception {
        try (Socket socket = new Socket("localhost", port())) {
            begin(socket, "trapping", 10_000_000);
            socket.getOutputStream().write(new byte[100_000]);
        }
        Await.until(
                "the end of the reader",
                () -> erlang.eval("persistent_term:get(trapped, none)")
                        .equals("[{error,{shutdown,client_gone}},{error,{shutdown,client_gone}}]"));
        Await.until(
                "the process of the call",
                () -> !erlang.eval("persistent_term:get(trapping, none)").equals("none"));
    }

    private static void begin(Socket socket, String function, long length) throws IOException {
        socket.getOutputStream()
                .write(("POST /up?f=" + function + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n")
                        .getBytes(UTF_8));
    }

    /// The client has not sent all of its body, and goes on waiting: the answer comes all the same.
    @Test
    void aReaderThatDiesStopsTheUpload() throws Exception {
        try (Socket socket = new Socket("localhost", port())) {
            begin(socket, "dies", 10_000_000);
            socket.getOutputStream().write(new byte[100_000]);
            assertThat(firstLine(socket)).contains(" 502 ");
        }
    }

    @Test
    void aFunctionThatNeverReadsAnswersAllTheSame() throws Exception {
        try (Socket socket = new Socket("localhost", port())) {
            erlang.eval("persistent_term:erase(never)");
            begin(socket, "never", 10_000_000);
            assertThat(firstLine(socket)).contains(" 200 ");
        }
        Await.until(
                "the end of the source",
                () -> erlang.eval("persistent_term:get(never, none)").equals("{shutdown,closed}"));
    }

    @Test
    void asynchronousWorkReadsAnUploadAndEndsIt() throws Exception {
        Pattern body = new Pattern(1_000_000, 4);
        assertThat(Await.result("the answer", sending("/async?f=sha", body)).body())
                .isEqualTo(body.sha());
        erlang.eval("persistent_term:erase(never)");
        HttpResponse<String> unread = CLIENT.send(
                to("/async?f=never").POST(BodyPublishers.ofString("abc")).build(), BodyHandlers.ofString());
        assertThat(unread.body()).isEqualTo("not_read");
        Await.until(
                "the end of the source",
                () -> erlang.eval("persistent_term:get(never, none)").equals("{shutdown,closed}"));
    }

    private static String firstLine(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        InputStream in = socket.getInputStream();
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c > 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /// The timeout of the call ends the reader, although the client is still there.
    @Test
    void aCallThatTimesOutEndsItsReader() throws Exception {
        Peer hasty = peer.with(new CallOptions(Duration.ofMillis(300)));
        ByteArrayInputStream bytes = new ByteArrayInputStream(new byte[1000]);
        try (Upload upload = Upload.of(bytes, -1, node.runtime())) {
            assertThat(catchThrowable(() -> hasty.call("up", "stays", upload))).isInstanceOf(CallTimeout.class);
        }
        Await.until(
                "the end of the reader",
                () -> !erlang.eval("persistent_term:get(stays, none)").equals("none"));
        assertThat(bytes.available()).isZero();
    }

    @Test
    void aPartOfAFormIsAnUpload() throws Exception {
        Pattern content = new Pattern(3_000_000, 9);
        assertThat(postForm("/part", content.readNBytes(3_000_000))).isEqualTo(content.sha());
    }

    @Test
    void aPartIsAnArgumentByItself() throws Exception {
        Pattern content = new Pattern(3_000_000, 10);
        String answers = postForm("/arguments", content.readNBytes(3_000_000));
        String sha = content.sha();
        assertThat(answers.lines()).containsExactly(sha, sha, sha, "null");
    }

    private static String postForm(String path, byte[] file) throws Exception {
        byte[] head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n".getBytes(UTF_8);
        HttpRequest request = to(path).header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofByteArrays(List.of(head, file, "\r\n--x--\r\n".getBytes(UTF_8))))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString()).body();
    }
}
