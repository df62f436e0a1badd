package dev.pier.erlang.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Callbacks of `mod_esi` at a path of the server, compared with OTP's own inets on the same node.
class EsiMountIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @RegisterExtension
    static final MountedPier pier = MountedPier.with(erlang, EsiMountIT::prepare, """
                erlang.calls.helper = never
                erlang.mounts."/esi" { peer = backend, esi = "httpd_example, esi_suite" }
                """);

    private static int inets;

    private static void prepare(ErlangPeer node) {
        node.compile("""
                -module(esi_suite).
                -export([facts/3, echo/3, parts/3, flood/3, crash/3, late/3, silent/3, hop/3, nothing/3]).
                facts(Session, Env, Input) ->
                    Keys = [request_method, server_port, gateway_interface, server_protocol, script_name, query_string,
                            path_info, http_accept, http_cookie, peer_cert, remote_addr],
                    Facts = [{K, proplists:get_value(K, Env, none)} || K <- Keys],
                    Other = proplists:get_value("x-strange-name", proplists:get_value(http_other, Env)),
                    mod_esi:deliver(Session, io_lib:format("content-type: text/plain\\r\\n\\r\\n~p ~p ~p",
                        [Input, Facts, Other])).
                echo(Session, _, Input) ->
                    mod_esi:deliver(Session, io_lib:format("content-type: text/plain\\r\\n\\r\\n~w", [Input])).
                parts(Session, _, _) ->
                    mod_esi:deliver(Session, "Content-Type: text/x-parts\\r\\nX-A: b\\r\\nX-A: c\\r\\n\\r\\n"),
                    [mod_esi:deliver(Session, P) || P <- [<<"one ">>, "two ", [<<"th">>, "ree"]]].
                %% Delivers faster than any client reads.
                flood(Session, _, _) ->
                    register(flood, self()),
                    persistent_term:put(session, Session),
                    mod_esi:deliver(Session, "\\r\\n\\r\\n"),
                    flood(Session, 0).
                flood(Session, N) -> mod_esi:deliver(Session, binary:copy(<<N>>, 10000)), flood(Session, N + 1).
                crash(_, _, _) -> error(crashed).
                late(Session, _, _) ->
                    mod_esi:deliver(Session, "\\r\\n\\r\\nbegun"),
                    register(late, self()),
                    receive go -> error(crashed) end.
                silent(Session, _, _) ->
                    mod_esi:deliver(Session, "\\r\\n\\r\\nbegun"),
                    register(silent, self()),
                    receive never -> ok end.
                hop(Session, _, _) -> mod_esi:deliver(Session, "Connection: close\\r\\nX-A: b\\r\\n\\r\\nx").
                nothing(_, _, _) -> ok.
                """);
        node.eval("{ok, _} = application:ensure_all_started(inets), "
                + "{ok, Pid} = inets:start(httpd, [{port, 0}, {server_name, \"localhost\"}, {bind_address, {127,0,0,1}},"
                + "{server_root, \"/tmp\"}, {document_root, \"/tmp\"}, {modules, [mod_esi]}, "
                + "{erl_script_alias, {\"/esi\", [httpd_example, esi_suite]}}]), "
                + "persistent_term:put(port, proplists:get_value(port, httpd:info(Pid)))");
        inets = Integer.parseInt(node.eval("persistent_term:get(port)"));
    }

    private static HttpResponse<String> ask(int port, String method, String path, @Nullable String body)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Accept", "text/*")
                .header("Cookie", "a=b")
                .header("X-Strange-Name", "c")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return pier.client().send(request, BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /esi/httpd_example:get,",
        "GET, /esi/httpd_example:get?input1=a&input2=%20b,",
        "GET, /esi/httpd_example/get?input1=a,",
        "GET, /esi/httpd_example%3Aget?a,",
        "GET, /esi/httpd_example:print?text,",
        "GET, /esi/httpd_example:new_status_and_location,",
        "GET, /esi/httpd_example:newformat?a,",
        "GET, /esi/httpd_example:get_chunks,",
        "POST, /esi/httpd_example:post, input1=a",
        "PUT, /esi/httpd_example:put?a, body",
        "PUT, /esi/httpd_example:put/b, body",
        "PATCH, /esi/esi_suite:echo, body",
        "DELETE, /esi/esi_suite:echo?x=y,",
        "GET, /esi/esi_suite:parts,",
        "HEAD, /esi/httpd_example:get,",
        "GET, /esi/esi_suite:echo/path/info?x,",
        "PUT, /esi/esi_suite:echo?a, body",
        "POST, /esi/esi_suite:echo, body",
        "GET, /esi/esi_suite:hop,",
        "GET, /esi/no_such_module_anywhere:get,",
        "GET, /esi/httpd_example:no_such_function,",
        "GET, /esi/lists:reverse,",
        "GET, /esi/lists,"
    })
    void theAnswerIsThatOfInets(String method, String path, @Nullable String body) throws Exception {
        HttpResponse<String> own = ask(inets, method, path, body);
        HttpResponse<String> mounted = ask(pier.port(), method, path, body);
        assertThat(mounted.statusCode()).isEqualTo(own.statusCode());
        if (own.statusCode() < 400) {
            assertThat(asOfInets(mounted)).isEqualTo(withoutVersion(own));
            for (String name : new String[] {"content-type", "location", "x-a"}) {
                assertThat(mounted.headers().allValues(name))
                        .as(name)
                        .containsExactlyInAnyOrderElementsOf(own.headers().allValues(name));
            }
        } else {
            assertThat(mounted.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
    }

    private static String asOfInets(HttpResponse<String> mounted) {
        return mounted.body()
                .replace(Integer.toString(pier.port()), Integer.toString(inets))
                .replace("\"Pier\"", "\"inets\"");
    }

    private static String withoutVersion(HttpResponse<String> own) {
        return withConnectAddress(own.body())
                .replaceAll("\"inets/[0-9.]+\"", "\"inets\"")
                .replaceAll(",\\s*\\{path_translated,[^}]*}", "");
    }

    /// Versions of inets before that for OTP 27 do not have this entry.
    private static String withConnectAddress(String body) {
        return body.contains("connect_addr")
                ? body
                : body.replaceAll("(\\s*)\\{remote_addr,(.*?)},", "$0$1{connect_addr,\"127.0.0.1\"},");
    }

    @Test
    void theEnvironmentIsThatOfInets() throws Exception {
        for (String path :
                new String[] {"/esi/esi_suite:facts?a=b", "/esi/esi_suite:facts/p/q", "/esi/esi_suite:facts"}) {
            assertThat(asOfInets(ask(pier.port(), "GET", path, null)))
                    .isEqualTo(withoutVersion(ask(inets, "GET", path, null)));
        }
    }

    /// inets sends such a body in chunks, and so a part of it.
    @Test
    void aContentLengthIsKept() throws Exception {
        HttpResponse<String> answer = ask(pier.port(), "GET", "/esi/httpd_example:get_bin?a", null);
        assertThat(answer.headers().firstValue("Content-Length"))
                .contains(Integer.toString(answer.body().length()));
        assertThat(answer.body()).startsWith("<HTML>").endsWith("</HTML>\n");
    }

    @Test
    void otherMethodsAreNotSupported() throws Exception {
        assertThat(ask(pier.port(), "OPTIONS", "/esi/esi_suite:echo", null).statusCode())
                .isEqualTo(501);
        assertThat(ask(pier.port(), "BREW", "/esi/esi_suite:echo", null).statusCode())
                .isEqualTo(501);
    }

    @Test
    void failuresAreProblemsOrCutOff() throws Exception {
        assertThat(ask(pier.port(), "GET", "/esi/esi_suite:crash", null).statusCode())
                .isEqualTo(502);
        assertThat(ask(pier.port(), "GET", "/esi/esi_suite:nothing", null).statusCode())
                .isEqualTo(502);
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write("GET /esi/esi_suite:late HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
            byte[] begun = socket.getInputStream().readNBytes(15);
            assertThat(new String(begun, UTF_8)).isEqualTo("HTTP/1.1 200 OK");
            Await.until("the callback", () -> !erlang.eval("whereis(late)").equals("undefined"));
            erlang.eval("late ! go");
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .contains("begun")
                    .doesNotEndWith("0\r\n\r\n");
        }
    }

    @Test
    void aClientThatLeavesEndsTheCallback() throws Exception {
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write("GET /esi/esi_suite:silent HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
            Await.until("the callback", () -> !erlang.eval("whereis(silent)").equals("undefined"));
        }
        Await.until("its end", () -> erlang.eval("whereis(silent)").equals("undefined"));
    }

    /// `mod_esi:deliver/2` never waits, so the callback is suspended.
    @Test
    void aCallbackThatDeliversWithoutEndDoesNotFillTheNode() throws Exception {
        long before = Long.parseLong(erlang.eval("erlang:memory(total)"));
        try (Socket socket = new Socket("localhost", pier.port())) {
            socket.getOutputStream().write("GET /esi/esi_suite:flood HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));
            Await.until(
                    "the suspension of the callback",
                    () -> erlang.eval("process_info(whereis(flood), status)").equals("{status,suspended}")
                            && erlang.eval("process_info(persistent_term:get(session), status)")
                                    .equals("{status,waiting}"));
            assertThat(Long.parseLong(erlang.eval("erlang:memory(total)")) - before)
                    .isLessThan(100_000_000);
            byte[] read = socket.getInputStream().readNBytes(20_000_000);
            assertThat(read).hasSize(20_000_000);
        }
        Await.until(
                "the end of the callback", () -> erlang.eval("whereis(flood)").equals("undefined"));
    }

    @Test
    void clientsMakeNoAtoms() throws Exception {
        String name = "no_atom_" + "of_esi";
        assertThat(ask(pier.port(), "GET", "/esi/" + name + ":" + name + "?" + name, null)
                        .statusCode())
                .isEqualTo(404);
        assertThat(ask(pier.port(), "GET", "/esi/esi_suite:" + name, null).statusCode())
                .isEqualTo(404);
        assertThat(pier.send(pier.to("/esi/esi_suite:echo").header("X-" + name, "a"))
                        .statusCode())
                .isEqualTo(200);
        for (String text : new String[] {name, "http_x_" + name}) {
            assertThat(erlang.eval("catch binary_to_existing_atom(<<\"" + text + "\">>, utf8)"))
                    .contains("badarg");
        }
    }
}
