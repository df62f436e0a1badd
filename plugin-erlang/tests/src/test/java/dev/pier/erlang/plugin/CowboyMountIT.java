package dev.pier.erlang.plugin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// An application on the messages of Cowboy's connection, at a path of the server. Cowboy's side is a stand-in: its
/// stream handlers and its listeners, as far as its messages go. `RabbitReachIT` serves a real one.
class CowboyMountIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @RegisterExtension
    static final MountedPier pier = MountedPier.ofCowboySuite(erlang, """
                erlang.mounts {
                  "/c" { peer = backend, cowboy = suite, max-request-body = 10 MiB }
                  "/request" { peer = backend, cowboy = suite, strip-path = false }
                  "/raw" { peer = backend, cowboy = suite, raw-path = true }
                  "/seen" { peer = backend, port = 15002 }
                  "/named" { peer = backend, cowboy = "{acceptor,{127,0,0,1},15002}" }
                  "/amqp" { peer = backend, port = 15003 }
                  "/missing" { peer = backend, cowboy = missing }
                  "/hasty" { peer = backend, cowboy = suite, timeout = 100 ms }
                }
                """);

    private static String closing(String method, String path, String... headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: Shop.example:81\r\nConnection: close\r\n"
                + String.join("", headers) + "\r\n";
    }

    @Test
    void theRequestIsAsCowboyDescribesIt() throws Exception {
        String answer = pier.raw(closing(
                "GET",
                "/c/request/J%C3%B6rg/x?a=%20b&c",
                "Accept: text/*\r\nX-Two: 1\r\nx-two: 2\r\nCookie: a=b\r\nCookie: c=d\r\n"));
        assertThat(answer)
                .contains(
                        "method: <<\"GET\">>",
                        "path: <<\"/request/J%C3%B6rg/x\">>",
                        "qs: <<\"a=%20b&c\">>",
                        "scheme: <<\"http\">>",
                        "host: <<\"shop.example\">>",
                        "port: 81",
                        "version: 'HTTP/1.1'",
                        "has_body: false",
                        "body_length: 0",
                        "streamid: 1",
                        "cert: undefined",
                        "ref: suite",
                        "peer: {127,0,0,1}",
                        "sock: {127,0,0,1}",
                        "<<\"accept\">>: <<\"text/*\">>",
                        "<<\"x-two\">>: <<\"1, 2\">>",
                        "<<\"cookie\">>: <<\"a=b; c=d\">>",
                        "<<\"host\">>: <<\"Shop.example:81\">>");
        assertThat(pier.raw(closing("GET", "/c")).startsWith("HTTP/1.1 404 ")).isTrue();
    }

    @Test
    void thePathOfTheMountStaysIfItIsTo() throws Exception {
        assertThat(pier.get("/request/a%20b").body()).contains("path: <<\"/request/a%20b\">>");
        assertThat(pier.raw(closing("GET", "/raw/request/%2F/a//b?q"))).contains("path: <<\"/request/%2F/a//b\">>");
        assertThat(pier.raw(closing("GET", "/c/request/%2F/"))).contains(" 400 ", "raw-path = true");
    }

    @Test
    void methodsOfClientsAreNeverAtoms() throws Exception {
        String name = "NO_" + "METHOD";
        assertThat(pier.raw(closing(name, "/c/request"))).contains("method: <<\"" + name + "\">>");
        assertThat(erlang.eval("catch binary_to_existing_atom(<<\"" + name + "\">>, utf8)"))
                .contains("badarg");
    }

    @Test
    void bodiesAreReadByLengthAndChunked() throws Exception {
        pier.assertBodyArrives("/c/sha", 3_000_001);
        assertThat(pier.send(pier.to("/c/request").POST(BodyPublishers.ofString("abc")))
                        .body())
                .contains("has_body: true", "body_length: 3");
        assertThat(pier.send(pier.to("/c/once").POST(BodyPublishers.ofString("all of it")))
                        .body())
                .isEqualTo("all of it");
    }

    @Test
    void aBodyThatIsNotReadIsAnsweredAllTheSame() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream()
                    .write("POST /c/ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n".getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "not read")).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /c/status/418, 418, 4, body",
        "GET, /c/reason, 418, 3, tea",
        "HEAD, /c/status/200, 200, , ''",
        "GET, /c/status/204, 204, , ''",
        "GET, /c/status/304, 304, , ''",
        "HEAD, /c/bodyless/200, 200, 7, ''",
        "GET, /c/bodyless/304, 304, 7, ''",
        "GET, /c/nothing, 204, , ''",
        "GET, /c/push, 200, 10, not pushed"
    })
    void statusesAndBodies(String method, String path, int status, String length, String body) throws Exception {
        erlang.eval("persistent_term:erase({cowboy_suite, bodyless})");
        String answer = pier.raw(closing(method, path));
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        String lower = answer.toLowerCase(Locale.ROOT);
        if (length == null) {
            assertThat(lower).doesNotContain("content-length");
        } else {
            assertThat(lower).contains("content-length: " + length + "\r\n");
        }
        assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).isEqualTo(body);
        if (path.contains("bodyless")) {
            // What the application sends instead of a body is discarded, and the application goes on.
            set("bodyless", "done");
        }
    }

    private static void set(String name, String value) {
        Await.until(
                name + " to be " + value,
                () -> erlang.eval("persistent_term:get({cowboy_suite, " + name + "}, none)")
                        .equals(value));
    }

    @Test
    void headersAreTakenAsTheyAre() throws Exception {
        assertThat(pier.raw(closing("GET", "/c/headers").replace("Connection: close\r\n", "")
                        + "GET /c/headers HTTP/1.0\r\n\r\n"))
                .contains(
                        "\r\nSet-Cookie: a=1\r\n",
                        "\r\nSet-Cookie: b=2\r\n",
                        "\r\nContent-Type: TEXT/html; Charset=ISO-8859-1\r\n",
                        "\r\nx-list: xy\r\n")
                .doesNotContainIgnoringCase("keep-alive");
    }

    @Test
    void streamsArriveAsTheyAreSent() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(closing("GET", "/c/words/speaker").getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "one ")).contains("HTTP/1.1 200");
            erlang.eval("speaker ! continue");
            assertThat(MountedPier.until(socket, "three")).contains("two");
        }
        assertThat(pier.get("/c/large").body()).isEqualTo("0123456789".repeat(100_000));
    }

    @Test
    void filesOfTheNodeAreSent() throws Exception {
        assertThat(erlang.eval("file:write_file(\"sent\", binary:copy(<<\"0123456789\">>, 20000))"))
                .isEqualTo("ok");
        assertThat(pier.get("/c/file/sent?5,100000").body()).isEqualTo("5678901234".repeat(10_000));
        assertThat(pier.get("/c/parts/sent").body()).isEqualTo("begin 01234 end");
        assertThat(pier.get("/c/file/none?0,10").statusCode()).isEqualTo(502);
        assertThatThrownBy(() -> pier.get("/c/file/sent?100,200000")).isInstanceOf(IOException.class);
    }

    @Test
    void informationalResponsesAreSent() throws Exception {
        assertThat(pier.raw(closing("GET", "/c/inform")))
                .matches("(?s)HTTP/1.1 103 [^\\r]*\r\n(?i:link): </a.css>; rel=preload\r\n.*HTTP/1.1 200 .*informed");
        assertThat(pier.raw("GET /c/inform HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void trailersGoToClientsThatTakeThem() throws Exception {
        assertThat(pier.raw(closing("GET", "/c/trailers", "TE: trailers\r\n")))
                .endsWith("4\r\nbody\r\n0\r\nx-sum: 42\r\n\r\n");
        assertThat(pier.raw(closing("GET", "/c/trailers"))).endsWith("body").doesNotContain("x-sum");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crash", "value", "name", "data", "length", "status"})
    void aFailureBeforeTheHeadIsAProblem(String what) throws Exception {
        try (LogCapture log = LogCapture.begin()) {
            HttpResponse<String> failed = pier.send(pier.to("/c/bad/" + what).header("Cookie", "session=secret"));
            assertThat(failed.statusCode()).isEqualTo(502);
            assertThat(failed.headers().firstValue("Content-Type")).contains("application/problem+json");
            String reference = failed.body().replaceAll("(?s).*\"reference\":\"([0-9a-f]{16})\".*", "$1");
            assertThat(log.text()).contains("reference " + reference).doesNotContain("secret");
        }
        assertThat(pier.get("/c/ignore").statusCode()).isEqualTo(200);
    }

    @Test
    void aMistakeOfTheClientIsNotAFailure() throws Exception {
        assertThat(pier.get("/c/bad/client").statusCode()).isEqualTo(400);
        assertThat(pier.get("/c/bad/switch").statusCode()).isEqualTo(501);
    }

    @ParameterizedTest
    @ValueSource(strings = {"crash", "head", "response", "short", "long"})
    void aFailureAfterTheHeadCutsTheResponseOff(String what) throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(("GET /c/cut/" + what + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "begun")).startsWith("HTTP/1.1 200 ");
            Await.until("the wait", () -> erlang.eval("is_pid(whereis(go))").equals("true"));
            erlang.eval("go ! continue");
            // Without the last chunk, or with fewer bytes than the length says.
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .doesNotContain("0\r\n\r\n")
                    .doesNotContain("more")
                    .doesNotContain("second");
        }
    }

    @Test
    void workAfterTheResponseGoesOn() throws Exception {
        assertThat(pier.get("/c/later").body()).isEqualTo("at once");
        Await.until("the handler", () -> erlang.eval("is_pid(whereis(later))").equals("true"));
        erlang.eval("later ! continue");
        set("later", "done");
        set("terminated", "normal");
        assertThat(pier.get("/c/late_crash").body()).isEqualTo("fine");
        erlang.awaitLog("after_the_response");
        assertThat(pier.get("/c/twice").body()).isEqualTo("first");
        erlang.awaitLog("discarding response of the application");
    }

    @Test
    void aHeadThatDoesNotComeIs504() throws Exception {
        assertThat(pier.get("/hasty/silent/hasty").statusCode()).isEqualTo(504);
        ended("hasty");
    }

    private static void ended(String name) {
        Await.until(
                "the end of " + name, () -> erlang.eval("whereis(" + name + ")").equals("undefined"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent/idle", "words/talker", "endless/writer"})
    void aClientThatLeavesEndsTheApplication(String what) throws Exception {
        String name = what.substring(what.indexOf('/') + 1);
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(("GET /c/" + what + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
            Await.until(
                    "the application",
                    () -> erlang.eval("is_pid(whereis(" + name + "))").equals("true"));
        }
        ended(name);
    }

    @Test
    void aSlowClientSlowsTheApplication() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(closing("GET", "/c/endless/slow").getBytes(UTF_8));
            Producer producer = new Producer(erlang, "slow");
            Await.until("the wait of the application", producer::isWaiting);
            assertThat(producer.blocks() * 65_536).isLessThan(60_000_000);
        }
        ended("slow");
    }

    @Test
    void aFloodIsEnded() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write("GET /c/flood/flood HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "\r\n\r\n")).startsWith("HTTP/1.1 200 ");
            ended("flood");
        }
        assertThat(pier.get("/c/ignore").statusCode()).isEqualTo(200);
    }

    @Test
    void streamHandlersOfTheListenerRun() throws Exception {
        assertThat(pier.get("/seen/ignore").headers().firstValue("x-seen")).contains("yes");
        assertThat(pier.get("/named/ignore").headers().firstValue("x-seen")).contains("yes");
        assertThat(pier.get("/c/ignore").headers().firstValue("x-seen")).isEmpty();
    }

    @Test
    void aListenerThatIsMissingFailsTheMountUntilItIsThere() throws Exception {
        String status = pier.admin("/status");
        assertThat(status)
                .contains(
                        "\"serves\":\"cowboy suite\"",
                        "\"serves\":\"cowboy on port 15002\"",
                        "Ranch has no listener \\\"missing\\\"; it has ",
                        "the listener amqp is not one of Cowboy");
        assertThat(pier.get("/missing/ignore").statusCode()).isEqualTo(503);
        assertThat(pier.get("/amqp/ignore").statusCode()).isEqualTo(503);
        assertThat(erlang.eval("ranch:listen(<<\"missing\">>, 15004, #{})")).isEqualTo("ok");
        Await.until("a mount that serves", () -> status("/missing/ignore") == 200);
        // Later, a listener may be on another port.
        erlang.eval("ranch:stop(<<\"missing\">>), ranch:listen(missing, 15005, #{})");
        assertThat(status("/missing/ignore")).isEqualTo(200);
    }

    private static int status(String path) {
        try {
            return pier.get(path).statusCode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void eachRequestEndsItsProcesses() throws Exception {
        int before = processes();
        for (int i = 0; i < 50; i++) {
            assertThat(pier.get("/c/ignore").statusCode()).isEqualTo(200);
        }
        Await.until("the end of all processes", () -> processes() <= before);
    }

    private static int processes() {
        return Integer.parseInt(erlang.eval("length([P || P <- processes(), {dictionary, D} <- "
                + "[process_info(P, dictionary)], lists:keymember(pier_mount_stream, 1, D)])"));
    }
}
