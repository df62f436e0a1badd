package dev.pier.erlang.plugin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// An EWGI application on a real node at a path of the server: the values that the interface hands over, and those
/// that HTTP asks for.
class EwgiMountIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @RegisterExtension
    static final MountedPier pier = MountedPier.ofEwgiSuite(erlang, """
                erlang.mounts {
                  "/old" { peer = backend, ewgi = "ewgi_suite:handle", max-request-body = 1 MiB }
                  "/request" { peer = backend, ewgi = "ewgi_suite:handle", strip-path = false }
                  "/raw" { peer = backend, ewgi = "ewgi_suite:handle", raw-path = true }
                  "/brief" { peer = backend, ewgi = "ewgi_suite:handle", timeout = 3 s }
                  "/hasty" { peer = backend, ewgi = "ewgi_suite:handle", timeout = 1 s }
                }
                """);

    private static String closing(String method, String path, String... headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: shop.example:81\r\nConnection: close\r\n"
                + String.join("", headers) + "\r\n";
    }

    @Test
    void theRequestHasTheFieldsOfTheInterface() throws Exception {
        String answer = pier.raw(closing(
                "GET",
                "/old/request/J%C3%B6rg/x?a=%20b&c",
                "Accept: text/*\r\n",
                "X-Two: 1\r\nx-two: 2\r\nCookie: a=b\r\nCookie: c=d\r\nX-Latin: \u00e4\r\n"));
        assertThat(answer)
                .contains(
                        "method: 'GET'",
                        "script_name: " + charlist("/old"),
                        "path_info: " + charlist(new String("/request/Jörg/x".getBytes(UTF_8), ISO_8859_1)),
                        "query: " + charlist("a=%20b&c"),
                        "protocol: " + charlist("HTTP/1.1"),
                        "port: " + charlist("81"),
                        "name: " + charlist("shop.example"),
                        "addr: " + charlist("127.0.0.1"),
                        "interface: " + charlist("EWGI/1.1"),
                        "length: undefined",
                        "type: undefined",
                        "software: " + charlist("Pier"),
                        "translated: undefined",
                        "user: undefined",
                        "scheme: " + charlist("http"),
                        "version: {1,1}",
                        "data: true",
                        "accept: " + charlist("text/*"),
                        "cookie: " + charlist("a=b; c=d"),
                        "agent: undefined",
                        "fields: 21",
                        charlist("\u00e4"));
        String other = answer.substring(answer.indexOf("other: "));
        assertThat(other).contains("{" + charlist("x-two") + ",[{").doesNotContain(charlist("cookie"));
        assertThat(other.indexOf(charlist("1"))).isLessThan(other.indexOf(charlist("2")));
    }

    /// As `~w` prints text.
    private static String charlist(String text) {
        return "[" + String.join(",", text.chars().mapToObj(Integer::toString).toList()) + "]";
    }

    @Test
    void thePathOfTheMountIsScriptNameUnlessItIsToStay() throws Exception {
        assertThat(pier.get("/old/request").body())
                .contains("path_info: " + charlist("/request"), "query: []", "script_name: " + charlist("/old"));
        assertThat(pier.get("/request/a").body()).contains("path_info: " + charlist("/request/a"), "script_name: []");
    }

    @Test
    void aRawPathIsNotDecoded() throws Exception {
        assertThat(pier.raw(closing("GET", "/raw/request/%2F/a%20b//c?q")))
                .contains("path_info: " + charlist("/request/%2F/a%20b//c"), "script_name: " + charlist("/raw"));
        assertThat(pier.raw(closing("GET", "/old/request/%2F/"))).contains(" 400 ", "raw-path = true");
    }

    @Test
    void methodsOfClientsAreNeverAtoms() throws Exception {
        String name = "NO_" + "ATOM";
        String answer = pier.raw(closing(name, "/old/request"));
        assertThat(answer).contains("method: " + charlist(name));
        String length = "X".repeat(300);
        assertThat(pier.raw(closing(length, "/old/request"))).contains("method: " + charlist(length));
        assertThat(erlang.eval("catch binary_to_existing_atom(<<\"" + name + "\">>, utf8)"))
                .contains("badarg");
        for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS"}) {
            assertThat(pier.raw(closing(method, "/old/request"))).contains("method: '" + method + "'");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?1", "?1000", "?61440", "?100000"})
    void bodiesAreReadByLengthAndChunked(String query) throws Exception {
        pier.assertBodyArrives("/old/sha" + query, query.equals("?1") ? 5 : 300_001);
    }

    @Test
    void aBodyIsReadInSeveralSteps() throws Exception {
        assertThat(pier.send(pier.to("/old/twice").POST(BodyPublishers.ofString("abcdefghij")))
                        .body())
                .isEqualTo("<abc>|<def><g>|<hij>");
        assertThat(pier.send(pier.to("/old/twice").POST(BodyPublishers.noBody()))
                        .body())
                .isEqualTo("||");
        assertThat(pier.get("/old/twice").body()).isEqualTo("||");
    }

    @Test
    void aBodyThatIsNotReadIsAnsweredAllTheSame() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream()
                    .write("POST /old/ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n".getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "not read")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void streamsArriveAsTheyAreMade() throws Exception {
        assertThat(pier.send(pier.to("/old/bytes")).body()).isEqualTo("abc\u00c8".replace('\u00c8', '\uFFFD'));
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(closing("GET", "/old/words").getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "one ")).contains("HTTP/1.1 200");
            erlang.eval("go ! continue");
            assertThat(MountedPier.until(socket, "two")).contains("two");
        }
        String written = erlang.eval("file:write_file(\"streamed\", binary:copy(<<\"0123456789\">>, 5000))");
        assertThat(written).isEqualTo("ok");
        assertThat(pier.get("/old/file/streamed").body()).isEqualTo("0123456789".repeat(5000));
    }

    @Test
    void pushStreamsAreDelivered() throws Exception {
        HttpResponse<String> pushed = pier.get("/old/push/3");
        assertThat(pushed.body()).isEqualTo("1 2 3 end");
        assertThat(pushed.headers().firstValue("Content-Type")).contains("text/x-pushed");
        assertThat(pier.get("/old/mute").statusCode()).isEqualTo(504);
        ended("mute", "killed");
    }

    private static void ended(String name, String reason) {
        Await.until(
                "the end of " + name,
                () -> erlang.eval("persistent_term:get({ended, \"" + name + "\"}, none)")
                        .equals(reason));
    }

    @Test
    void webSocketsAreRefused() throws Exception {
        HttpResponse<String> refused = pier.get("/old/websocket");
        assertThat(refused.statusCode()).isEqualTo(501);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /old/status/418, 418, 4, body", "GET, /old/status/404, 404, 4, body",
                "GET, /old/status/599, 599, 4, body",
        "HEAD, /old/status/200, 200, 4, ''", "GET, /old/status/204, 204, , ''", "GET, /old/status/304, 304, , ''",
        "HEAD, /old/bodyless/200, 200, 7, ''", "GET, /old/bodyless/204, 204, , ''", "GET, /old/bodyless/304, 304, 7, ''"
    })
    void statusesAndBodies(String method, String path, int status, String length, String body) throws Exception {
        String answer = pier.raw(closing(method, path));
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        String lower = answer.toLowerCase(Locale.ROOT);
        if (length == null) {
            assertThat(lower).doesNotContain("content-length");
        } else {
            assertThat(lower).contains("content-length: " + length + "\r\n");
        }
        assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).isEqualTo(body);
    }

    @Test
    void headersAreTakenAsTheyAre() throws Exception {
        String answer = pier.raw(closing("GET", "/old/headers"));
        assertThat(answer)
                .contains(
                        "\r\nSet-Cookie: a=1\r\n",
                        "\r\nSet-Cookie: b=2\r\n",
                        "\r\nX-NUMBER: 42\r\n",
                        "\r\nx-binary: b\u00e4\r\n",
                        "\r\nContent-Type: TEXT/html; Charset=ISO-8859-1\r\n",
                        "\r\nContent-Length: 1\r\n");
        assertThat(answer.toLowerCase(Locale.ROOT)).contains("\r\nx-repeated: 1\r\n", "\r\nx-repeated: 2\r\n");
        for (String type : new String[] {
            "text/plain",
            "text/html",
            "text/xml",
            "application/json",
            "text/html;charset=UTF-8",
            "text/html;+charset=utf-8"
        }) {
            assertThat(pier.raw(closing("GET", "/old/type?" + type)))
                    .contains("\r\nContent-Type: " + type.replace('+', ' ') + "\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hop", "chunked", "value", "name", "status", "context", "crash", "clause", "short", "long"})
    void aFailureBeforeTheHeadIsAProblem(String what) throws Exception {
        try (LogCapture log = LogCapture.begin()) {
            HttpResponse<String> failed = pier.send(pier.to("/old/bad/" + what).header("Cookie", "session=secret"));
            assertThat(failed.statusCode()).isEqualTo(502);
            assertThat(failed.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(failed.headers().firstValue("Set-Cookie")).isEmpty();
            String reference = failed.body().replaceAll("(?s).*\"reference\":\"([0-9a-f]{16})\".*", "$1");
            assertThat(log.text())
                    .contains("reference " + reference)
                    .doesNotContain("secret")
                    .doesNotContain("115,101,99,114,101,116");
        }
        assertThat(pier.get("/old/bytes").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad/later", "bad/short_stream", "bad/long_stream", "push_crash", "push_leaves"})
    void aFailureAfterTheHeadCutsTheResponseOff(String what) throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(("GET /old/" + what + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
            String head = MountedPier.until(socket, "begun");
            assertThat(head).startsWith("HTTP/1.1 200 ");
            erlang.eval("go ! continue");
            // Without the last chunk, or with fewer bytes than the length says.
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .doesNotContain("0\r\n\r\n")
                    .doesNotContain("more");
        }
    }

    @Test
    void aHeadThatDoesNotComeIs504() throws Exception {
        assertThat(pier.get("/hasty/waiting/hasty").statusCode()).isEqualTo(504);
        ended("hasty", "killed");
    }

    /// The time of the answer begins with the last part of the body.
    @Test
    void aSlowUploadIsNotLate() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream()
                    .write("POST /brief/sha HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(UTF_8));
            long begin = System.nanoTime();
            int size = 0;
            while (System.nanoTime() - begin < 4_000_000_000L) {
                socket.getOutputStream().write("1\r\nx\r\n".getBytes(UTF_8));
                size++;
                // One byte about every 100 ms, for longer than the timeout of 3 s.
                assertThat(erlang.eval("timer:sleep(100)")).isEqualTo("ok");
            }
            socket.getOutputStream().write("0\r\n\r\n".getBytes(UTF_8));
            assertThat(MountedPier.until(socket, " ")).isEqualTo("HTTP/1.1 ");
            assertThat(MountedPier.until(socket, size + " ")).startsWith("200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent/reader", "waiting/waiter", "pushing/pusher"})
    void aClientThatLeavesEndsTheApplication(String what) throws Exception {
        String name = what.substring(what.indexOf('/') + 1);
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(("GET /old/" + what + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
            Await.until(
                    "the application",
                    () -> erlang.eval("persistent_term:get({begun, \"" + name + "\"}, false)")
                            .equals("true"));
        }
        ended(name, "killed");
    }

    @Test
    void aClientThatLeavesInTheMiddleOfItsBodyEndsTheApplication() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream()
                    .write("POST /old/sha HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc".getBytes(UTF_8));
            Await.until("the application", () -> serving() > 0);
        }
        Await.until("its end", () -> serving() == 0);
    }

    /// How many processes serve a request.
    private static int serving() {
        return Integer.parseInt(erlang.eval("length([P || P <- processes(), {dictionary, D} <- "
                + "[process_info(P, dictionary)], lists:keymember(pier_stream, 1, D)])"));
    }

    @Test
    void errorsAreWrittenToTheLogOfTheNode() throws Exception {
        assertThat(pier.get("/old/log").body()).isEqualTo("logged");
        erlang.awaitLog("written by the application");
    }

    @Test
    void theStatusNamesTheInterface() throws Exception {
        assertThat(pier.admin("/status")).contains("\"serves\":\"ewgi ewgi_suite:handle\"");
    }

    @Test
    void eachRequestEndsItsProcesses() throws Exception {
        for (int i = 0; i < 50; i++) {
            assertThat(pier.get("/old/bytes").statusCode()).isEqualTo(200);
        }
        Await.until("the end of all processes", () -> serving() == 0);
    }
}
