package dev.pier.erlang.plugin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A plug on a real Elixir node at a path of the server, with a minimal Plug: the conn that it gets, and the
/// answers that it may give.
class PlugMountIT {
    @RegisterExtension
    static final ErlangPeer erlang =
            ErlangPeer.with().codePath(ElixirInstallation.modules()).start();

    @RegisterExtension
    static final MountedPier pier = MountedPier.ofPlugSuite(erlang, """
                erlang.mounts {
                  "/shop" { peer = backend, plug = "PlugSuite", options = "[a: -1, b: {Shop.Cart, \\"c\\", %{d: 'e'}}]" }
                  "/request" { peer = backend, plug = "Elixir.PlugSuite", strip-path = false }
                  "/raw" { peer = backend, plug = "PlugSuite", raw-path = true }
                  "/hasty" { peer = backend, plug = "PlugSuite", timeout = 1 s }
                  "/none" { peer = backend, plug = "Shop.Missing" }
                  "/call" { peer = backend, plug = "PlugSuite", options = "[a: IO.puts(:b)]" }
                  "/text" { peer = backend, plug = "PlugSuite", options = "[" }
                  "/fails" { peer = backend, plug = "PlugSuite", options = ":fails" }
                }
                """);

    @BeforeAll
    static void start() {
        erlang.eval("file:write_file(\"streamed\", binary:copy(<<\"0123456789\">>, 5000))");
    }

    private static String closing(String method, String path, String... headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: shop.example:81\r\nConnection: close\r\n"
                + String.join("", headers) + "\r\n";
    }

    @Test
    void theConnHasTheRequest() throws Exception {
        String answer = pier.raw(closing(
                "GET",
                "/shop/request/J%C3%B6rg/x?a=%20b&c",
                "Accept: text/*\r\n",
                "X-Two: 1\r\nx-two: 2\r\nCookie: a=b\r\nCookie: c=d\r\n"));
        assertThat(answer)
                .contains(
                        "method: \"GET\"",
                        "script_name: [\"shop\"]",
                        "path_info: [\"request\", \"J%C3%B6rg\", \"x\"]",
                        "request_path: \"/shop/request/J%C3%B6rg/x\"",
                        "query: \"a=%20b&c\"",
                        "host: \"shop.example\"",
                        "port: 81",
                        "scheme: :http",
                        "remote_ip: {127, 0, 0, 1}",
                        "{\"accept\", \"text/*\"}",
                        "{\"x-two\", \"1\"}, {\"x-two\", \"2\"}",
                        "{\"cookie\", \"a=b; c=d\"}",
                        "protocol: :\"HTTP/1.1\"",
                        "tls: nil",
                        "push: {:error, :not_supported}",
                        "upgrade: {:error, :not_supported}");
        // Elixir 1.15 and newer print charlists in another way; since OTP 26, the keys of a map have no order.
        assertThat(answer).containsPattern("options: \\[a: -1, b: \\{Shop.Cart, \"c\", %\\{d: ('e'|~c\"e\")}}]");
        assertThat(mapOf("peer", answer)).contains("address: {127, 0, 0, 1}", "port: ");
        assertThat(mapOf("sock", answer)).contains("address: {127, 0, 0, 1}", "port: " + pier.port());
    }

    /// The line of a map in the answer.
    private static String mapOf(String name, String answer) {
        return answer.lines()
                .filter(line -> line.startsWith(name + ": %{"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void thePathOfTheMountIsScriptNameUnlessItIsToStay() throws Exception {
        assertThat(pier.get("/shop/request").body())
                .contains("script_name: [\"shop\"]", "path_info: [\"request\"]", "query: \"\"");
        assertThat(pier.get("/request/a").body())
                .contains("script_name: []", "path_info: [\"request\", \"a\"]", "options: []");
        assertThat(pier.raw(closing("GET", "/raw/request/%2F/a"))).contains("path_info: [\"request\", \"%2F\", \"a\"]");
        assertThat(pier.raw(closing("GET", "/shop/request/%2F"))).contains(" 400 ", "raw-path = true");
    }

    @Test
    void textsOfClientsAreNeverAtoms() throws Exception {
        String method = "NO_" + "ATOM";
        String answer = pier.raw(closing(method, "/shop/request?no_" + "atom_2", "no-" + "atom-3: no_" + "atom_4\r\n"));
        assertThat(answer).contains("method: \"" + method + "\"");
        String length = "X".repeat(300);
        assertThat(pier.raw(closing(length, "/shop/request"))).contains("method: \"" + length + "\"");
        for (String text : new String[] {method, "no_atom_2", "no-atom-3", "no_atom_4"}) {
            assertThat(erlang.eval("catch binary_to_existing_atom(list_to_binary(lists:reverse(\""
                            + new StringBuilder(text).reverse() + "\")), utf8)"))
                    .contains("badarg");
        }
    }

    @Test
    void initRunsOncePerMount() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(pier.get("/shop/ignore").statusCode()).isEqualTo(200);
            assertThat(pier.get("/raw/ignore").statusCode()).isEqualTo(200);
        }
        // "/request", "/raw" and "/hasty" have the same module and options.
        assertThat(erlang.eval("persistent_term:get(inits)")).isEqualTo("2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/none | the module Elixir.Shop.Missing does not exist",
                "/call | options has an expression instead of a literal: IO.puts(:b)",
                "/text | options is not an Elixir term: [",
                "/fails | init failed: ** (RuntimeError) these options are not accepted"
            })
    void aPlugThatCannotServeIsReported(String path, String reason) throws Exception {
        assertThat(pier.get(path).statusCode()).isEqualTo(503);
        assertThat(pier.admin("/status")).contains("\"state\":\"failed\"", reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?1", "?1000", "?61440", "?100000", "?300001"})
    void bodiesAreReadByLengthAndChunked(String query) throws Exception {
        pier.assertBodyArrives("/shop/sha" + query, query.equals("?1") ? 5 : 300_001);
    }

    @Test
    void aBodyIsReadInSteps() throws Exception {
        assertThat(pier.send(pier.to("/shop/steps").POST(BodyPublishers.ofString("abcdefghij")))
                        .body())
                .isEqualTo("more:abcd more:efgh ok:ij");
        // The length tells that nothing follows.
        assertThat(pier.send(pier.to("/shop/steps").POST(BodyPublishers.ofString("abcdefgh")))
                        .body())
                .isEqualTo("more:abcd ok:efgh");
        assertThat(pier.send(pier.to("/shop/steps").POST(BodyPublishers.noBody()))
                        .body())
                .isEqualTo("ok:");
        assertThat(pier.get("/shop/steps").body()).isEqualTo("ok:");
    }

    @Test
    void aBodyThatDoesNotComeEndsTheReading() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream()
                    .write("POST /shop/timeout HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc".getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "timeout}")).contains("{:error, :timeout}");
        }
    }

    @Test
    void aBodyThatIsNotReadIsAnsweredAllTheSame() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream()
                    .write("POST /shop/ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n".getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "not read")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void chunksArriveAsTheyAreMade() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(closing("GET", "/shop/chunks").getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "one ")).contains("HTTP/1.1 200");
            proceed();
            assertThat(MountedPier.until(socket, "two")).contains("two");
        }
        String head = pier.raw(closing("HEAD", "/shop/status/200"));
        assertThat(head).contains("Content-Length: 4\r\n").endsWith("\r\n\r\n");
    }

    @Test
    void anInformationalResponseComesFirst() throws Exception {
        String answer = pier.raw(closing("GET", "/shop/inform"));
        assertThat(answer)
                .startsWith("HTTP/1.1 103 ")
                .contains("\r\nHTTP/1.1 200 ")
                .endsWith("informed");
        assertThat(answer.substring(0, answer.indexOf("HTTP/1.1 200")))
                .containsIgnoringCase("link: </a.css>; rel=preload");
        assertThat(pier.raw("GET /shop/inform HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    }

    /// Lets the plug go on that waits.
    private static void proceed() {
        Await.until("a plug that waits", () -> !erlang.eval("whereis(go)").equals("undefined"));
        erlang.eval("go ! continue");
    }

    @Test
    void filesAreSentWholeAndInParts() throws Exception {
        HttpResponse<String> whole = pier.get("/shop/file/streamed");
        assertThat(whole.body()).isEqualTo("0123456789".repeat(5000));
        assertThat(whole.headers().firstValue("Content-Length")).contains("50000");
        HttpResponse<String> part = pier.get("/shop/file/streamed/3/5");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("34567");
        assertThat(pier.raw(closing("HEAD", "/shop/file/streamed")))
                .contains("Content-Length: 50000\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void whatIsSetIsSentAndTheOwnerIsTold() throws Exception {
        HttpResponse<String> set = pier.get("/shop/set");
        assertThat(set.statusCode()).isEqualTo(201);
        assertThat(set.body()).isEqualTo("set, not sent");
        assertThat(pier.get("/shop/message").body()).isEqualTo("sent");
        Await.until(
                "the message",
                () -> erlang.eval("persistent_term:get(message, none)").equals("came"));
    }

    @Test
    void cookiesComeBack() throws Exception {
        HttpResponse<String> first = pier.get("/shop/visits");
        assertThat(first.body()).isEqualTo("visit 1");
        assertThat(first.headers().allValues("Set-Cookie"))
                .containsExactlyInAnyOrder("visits=1; path=/; HttpOnly", "other=1");
        assertThat(pier.send(pier.to("/shop/visits").header("Cookie", "visits=1"))
                        .body())
                .isEqualTo("visit 2");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 418, 4, body",
        "GET, 404, 4, body",
        "GET, 500, 4, body",
        "HEAD, 200, 4, ''",
        "GET, 204, , ''",
        "GET, 304, , ''"
    })
    void statusesAndBodies(String method, int status, String length, String body) throws Exception {
        String answer = pier.raw(closing(method, "/shop/status/" + status));
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
        String answer = pier.raw(closing("GET", "/shop/headers"));
        assertThat(answer)
                .contains(
                        "x-repeated: 1\r\n",
                        "x-repeated: 2\r\n",
                        "X-Upper: " + new String("ä".getBytes(UTF_8), ISO_8859_1),
                        "\r\nContent-Type: TEXT/html; Charset=ISO-8859-1\r\n",
                        "\r\nContent-Length: 1\r\n")
                .doesNotContainIgnoringCase("transfer-encoding");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "crash", "exit", "throw", "key", "clause", "unsent", "conn", "value", "name", "code", "short", "long",
                "missing", "outside"
            })
    void aFailureBeforeTheHeadIsAProblem(String what) throws Exception {
        try (LogCapture log = LogCapture.begin()) {
            HttpResponse<String> failed = pier.send(pier.to("/shop/bad/" + what).header("Cookie", "session=secret"));
            assertThat(failed.statusCode()).isEqualTo(502);
            assertThat(failed.headers().firstValue("Content-Type")).contains("application/problem+json");
            String reference = failed.body().replaceAll("(?s).*\"reference\":\"([0-9a-f]{16})\".*", "$1");
            assertThat(log.text()).contains("reference " + reference).doesNotContain("secret");
        }
        assertThat(pier.get("/shop/ignore").statusCode()).isEqualTo(200);
    }

    @Test
    void anExceptionIsLoggedOnItsNode() throws Exception {
        assertThat(pier.get("/shop/bad/crash").statusCode()).isEqualTo(502);
        erlang.awaitLog("** (RuntimeError) crashed");
        // A frame has the number of arguments, not the conn.
        assertThat(pier.send(pier.to("/shop/bad/clause").header("Cookie", "session=secret"))
                        .statusCode())
                .isEqualTo(502);
        erlang.awaitLog("PlugSuite.only_ok/1");
        assertThat(erlang.log()).doesNotContain("secret");
        assertThat(pier.get("/shop/bad/unsent").statusCode()).isEqualTo(502);
        erlang.awaitLog("** (Plug.Conn.NotSentError)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "wrapped"})
    void anExceptionMayHaveAStatus(String what) throws Exception {
        HttpResponse<String> refused = pier.get("/shop/bad/" + what);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(erlang.log()).doesNotContain("BadRequestError");
    }

    @Test
    void anAnswerThatWasSentStands() throws Exception {
        HttpResponse<String> page = pier.get("/shop/bad/page");
        assertThat(page.statusCode()).isEqualTo(500);
        assertThat(page.body()).isEqualTo("the page of the application");
        erlang.awaitLog("** (RuntimeError) crashed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"later", "short_chunks", "long_chunks"})
    void aFailureAfterTheHeadCutsTheResponseOff(String what) throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(("GET /shop/bad/" + what + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "begun")).startsWith("HTTP/1.1 200 ");
            proceed();
            // Without the last chunk, or with fewer bytes than the length says.
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .doesNotContain("0\r\n\r\n")
                    .doesNotContain("more");
        }
    }

    @Test
    void aSecondAnswerFailsItsRequestOnly() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(closing("GET", "/shop/bad/twice").getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .doesNotContain("second");
        }
        assertThat(pier.get("/shop/ignore").statusCode()).isEqualTo(200);
    }

    private static void ended(String name) {
        Await.value("the end of " + name, () -> noted("ended", name), "killed"::equals);
    }

    /// The value that the plug has noted under a name.
    private static String noted(String what, String name) {
        return erlang.eval("persistent_term:get({" + what + ", <<\"" + name + "\">>}, none)");
    }

    @Test
    void aHeadThatDoesNotComeIs504() throws Exception {
        assertThat(pier.get("/hasty/waiting/hasty").statusCode()).isEqualTo(504);
        ended("hasty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent/reader", "waiting/waiter"})
    void aClientThatLeavesEndsThePlug(String what) throws Exception {
        String name = what.substring(what.indexOf('/') + 1);
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write(("GET /shop/" + what + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
            Await.until(
                    "the plug",
                    () -> erlang.eval("persistent_term:get({begun, <<\"" + name + "\">>}, false)")
                            .equals("true"));
        }
        ended(name);
    }

    /// With large parts, the plug waits in `chunk` when the client leaves, because the client does not read.
    @ParameterizedTest
    @CsvSource({"small, 10", "large, 1000000"})
    void chunkTellsThatTheClientHasLeft(String name, int size) throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream()
                    .write(("GET /shop/endless/" + name + "/" + size + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(UTF_8));
            assertThat(MountedPier.until(socket, "xxx")).startsWith("HTTP/1.1 200 ");
        }
        // Its process is one of pier_calls, which ends with the answer as its reason.
        Await.value("the end", () -> noted("ended", name), end -> !end.equals("none"));
        assertThat(noted("last", name)).isEqualTo("{{error,closed},{error,closed}}");
        assertThat(noted("ended", name)).doesNotContain("killed");
        assertThat(erlang.log()).doesNotContain("failed");
    }

    @Test
    void theStatusNamesThePlug() throws Exception {
        assertThat(pier.admin("/status")).contains("\"serves\":\"plug PlugSuite\"");
    }
}
