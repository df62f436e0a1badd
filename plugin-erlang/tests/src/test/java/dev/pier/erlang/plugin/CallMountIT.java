package dev.pier.erlang.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Functions of a real node at paths of the server: `erlang.mounts."/users" { call = "users:find" }`.
class CallMountIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final String MODULE = """
            -module(users).
            -export([find/1, find/2, slow/1]).
            find(#{<<"fail">> := <<"none">>}) -> ok;
            find(#{<<"fail">> := <<"plain">>}) -> [1, 2];
            find(#{<<"fail">> := <<"crash">>}) -> error(crashed);
            find(#{<<"fail">> := <<"text">>}) -> {error, {invalid, <<"no \\"name\\"">>}};
            find(#{<<"fail">> := <<"term">>}) -> {error, {invalid, [secret]}};
            find(#{<<"fail">> := <<"error">>}) -> error;
            find(#{<<"fail">> := Reason}) -> {error, binary_to_atom(Reason, utf8)};
            find(Query) -> {ok, Query}.
            find(Query, Body) -> {ok, #{query => Query, body => Body}}.
            slow(_) -> register(slow, self()), receive go -> {ok, <<"late">>} end.
            """;

    @RegisterExtension
    static final MountedPier pier = MountedPier.with(erlang, node -> node.compile(MODULE), """
                erlang.peers.absent { node = "absent@localhost", connect = at-first-use }
                erlang.mounts {
                  "/users" { peer = backend, call = "users:find", methods = [get, POST, DELETE], max-request-body = 1 KiB }
                  "/slow" { peer = backend, call = "users:slow" }
                  "/hasty" { peer = backend, call = "users:slow", timeout = 100 ms }
                  "/down" { peer = absent, call = "users:find" }
                  "/later" { peer = backend, call = "later:find" }
                  "/arity" { peer = backend, call = "users:slow", methods = [ POST ] }
                }
                """);

    /// The row of a mount in `/status`.
    private static String stateOf(String path) throws Exception {
        String status = pier.admin("/status");
        int row = status.indexOf("{\"path\":\"" + path + "\"", status.indexOf("\"mounts\""));
        return row < 0 ? "" : status.substring(row, status.indexOf('}', row));
    }

    @Test
    void theQueryIsAMapOfBinaries() throws Exception {
        HttpResponse<String> answer = pier.get("/users?id=7&tag=a&tag=b&n%C3%A4me=J%C3%B6rg+X&empty&=x");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.body())
                .contains(
                        "\"id\":\"7\"", "\"tag\":[\"a\",\"b\"]", "\"näme\":\"Jörg X\"", "\"empty\":\"\"", "\"\":\"x\"");
        assertThat(pier.get("/users").body()).isEqualTo("{}");
        assertThat(pier.get("/users/").body()).isEqualTo("{}");
    }

    @Test
    void aBodyIsJson() throws Exception {
        assertThat(pier.json("/users?a=1", "{\"name\":\"x\",\"n\":[1,null]}").body())
                .contains("\"query\":{\"a\":\"1\"}", "\"name\":\"x\"", "\"n\":[1,null]");
        assertThat(pier.json("/users", "{").statusCode()).isEqualTo(400);
        assertThat(pier.json("/users", "").statusCode()).isEqualTo(400);
        assertThat(pier.send(pier.to("/users").POST(BodyPublishers.ofString("a=1")))
                        .statusCode())
                .isEqualTo(415);
        HttpResponse<String> large = pier.json("/users", "\"" + "x".repeat(1023) + "\"");
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(large.body()).contains("1025", "1024", "erlang.mounts.&quot;/users&quot;.max-request-body");
    }

    @ParameterizedTest
    @CsvSource({
        "bad_request, 400",
        "badarg, 400",
        "invalid, 400",
        "forbidden, 403",
        "not_found, 404",
        "conflict, 409",
        "gone, 410",
        "too_many_requests, 429",
        "unavailable, 503",
        "timeout, 504"
    })
    void reasonsHaveStatuses(String reason, int status) throws Exception {
        HttpResponse<String> answer = pier.get("/users?fail=" + reason);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body())
                .contains("\"status\":" + status, "The Erlang function returned an error.")
                .doesNotContain("reference");
    }

    @Test
    void otherAnswersHaveStatusesAsWell() throws Exception {
        HttpResponse<String> nothing = pier.get("/users?fail=none");
        assertThat(nothing.statusCode()).isEqualTo(204);
        assertThat(nothing.body()).isEmpty();
        assertThat(pier.get("/users?fail=plain").body()).isEqualTo("[1,2]");
        HttpResponse<String> said = pier.get("/users?fail=text");
        assertThat(said.statusCode()).isEqualTo(400);
        assertThat(said.body()).contains("\"detail\":\"no \\\"name\\\"\"");
        assertThat(pier.get("/users?fail=term").body())
                .contains("\"status\":400")
                .doesNotContain("secret");
        for (String other : new String[] {"crash", "error", "unheard_of"}) {
            try (LogCapture log = LogCapture.begin()) {
                HttpResponse<String> failed = pier.get("/users?fail=" + other);
                assertThat(failed.statusCode()).isEqualTo(502);
                String reference = failed.body().replaceAll("(?s).*\"reference\":\"([0-9a-f]{16})\".*", "$1");
                assertThat(log.text()).contains("reference " + reference);
            }
        }
    }

    @Test
    void methodsAndPathsThatAreNotServed() throws Exception {
        HttpResponse<String> put = pier.send(pier.to("/users").PUT(BodyPublishers.ofString("{}")));
        assertThat(put.statusCode()).isEqualTo(405);
        assertThat(put.headers().firstValue("Allow")).contains("DELETE, GET, HEAD, POST");
        assertThat(pier.send(pier.to("/users").method("X".repeat(300), BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
        assertThat(pier.send(pier.to("/users?a=1").DELETE()).body()).isEqualTo("{\"a\":\"1\"}");
        HttpResponse<String> head = pier.send(pier.to("/users?a=1").HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).contains("9");
        assertThat(pier.get("/users/7").statusCode()).isEqualTo(404);
        for (String bad : new String[] {"a=%zz", "a=%ff", "a=%f", "%", "a=%C3"}) {
            assertThat(pier.raw("GET /users?" + bad + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("application/problem+json");
        }
    }

    @Test
    void clientsMakeNoAtoms() throws Exception {
        String name = "atom_" + "of_a_client";
        assertThat(pier.json("/users?" + name + "=" + name, "{\"" + name + "\":\"" + name + "\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(pier.send(pier.to("/users").method(name.toUpperCase(Locale.ROOT), BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
        for (String text : new String[] {name, name.toUpperCase(Locale.ROOT)}) {
            assertThat(erlang.eval("catch binary_to_existing_atom(<<\"" + text + "\">>, utf8)"))
                    .contains("badarg");
        }
    }

    @Test
    void aPeerThatIsNotThereIs503() throws Exception {
        HttpResponse<String> refused = pier.get("/down");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("5");
        assertThat(stateOf("/down")).contains("\"state\":\"waiting\"");
    }

    @Test
    void anAnswerThatDoesNotComeIs504() throws Exception {
        assertThat(pier.get("/hasty").statusCode()).isEqualTo(504);
        // A request counts at its end, which its client may see before.
        String counted = "pier_erlang_mount_requests_total{mount=\"/hasty\",status=\"504\"} 1";
        Await.value("the request is counted", () -> pier.admin("/metrics"), it -> it.contains(counted));
    }

    @Test
    void aMountWithoutItsFunctionIsFailedUntilItIsThere() throws Exception {
        assertThat(stateOf("/arity"))
                .contains("\"state\":\"failed\"", "users:slow/2 does not exist", "\"peer\":\"backend\"");
        assertThat(stateOf("/later")).contains("\"state\":\"failed\"", "the module later does not exist (nofile)");
        HttpResponse<String> refused = pier.get("/later");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("5");
        assertThat(refused.body())
                .contains("\"status\":503", "The Erlang application is not available.")
                .doesNotContain("nofile");
        assertThat(pier.admin("/health/ready")).contains("erlang/mounts", "failed: ");
        erlang.compile("-module(later). -export([find/1]). find(_) -> {ok, now}.");
        Await.value("the module is found by a request", () -> pier.get("/later").body(), "\"now\""::equals);
        assertThat(stateOf("/later")).contains("\"state\":\"serving\"").doesNotContain("reason");
        String counted = "pier_erlang_mount_requests_total{mount=\"/later\",status=\"503\"}";
        Await.value("the refusals are counted", () -> pier.admin("/metrics"), it -> it.contains(counted));

        assertThat(erlang.eval("file:delete(code:which(users))")).isEqualTo("ok");
        erlang.restart();
        Await.value("the node is back without the modules", () -> stateOf("/users"), it -> it.contains("failed"));
        erlang.compile(MODULE);
        Await.value("the function is found", () -> pier.get("/users").statusCode(), it -> it == 200);
    }

    @Test
    void aCallInFlightEndsBeforeTheServer(@TempDir Path folder) throws Exception {
        try (MountedPier stopping = MountedPier.start(folder, erlang, """
                erlang.mounts."/slow" { peer = backend, call = "users:slow" }
                """)) {
            erlang.compile(MODULE);
            CompletableFuture<HttpResponse<byte[]>> answer =
                    stopping.client().sendAsync(stopping.to("/slow").build(), BodyHandlers.ofByteArray());
            Await.until("the call", () -> !erlang.eval("whereis(slow)").equals("undefined"));
            Thread stop = Thread.ofVirtual().start(stopping.server()::stop);
            Await.until("a server that stops", () -> {
                try {
                    return stopping.admin("/health/ready").contains("stopping");
                } catch (Exception closed) {
                    return true;
                }
            });
            erlang.eval("slow ! go");
            assertThat(new String(Await.result("the answer", answer).body(), UTF_8))
                    .isEqualTo("\"late\"");
            stop.join();
        }
    }
}
