package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The sample on a whole Pier with a real Erlang node: successful responses and error responses.
class SampleIT {
    private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"([0-9a-f]{16})\"");

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path home;

    private static RunningPier pier;

    @BeforeAll
    static void start() throws Exception {
        pier = RunningPier.withSample(home, erlang, "");
        Sample.start(erlang);
    }

    @AfterAll
    static void stop() {
        pier.close();
    }

    @Test
    void bothStylesOfHelloShareOneConnection() throws Exception {
        for (String path : new String[] {"/hello", "/hello?style=fast"}) {
            HttpResponse<String> hello = pier.get(path);
            assertThat(hello.statusCode()).isEqualTo(200);
            assertThat(hello.body()).isEqualTo("hello world !");
        }
        // Not counted: lanes for streams, whose node names contain -bulk.
        assertThat(erlang.eval(
                        "length([N || N <- nodes(hidden), string:find(atom_to_list(N), \"-bulk\") =:= nomatch])"))
                .as("connections for both styles")
                .isEqualTo("1");
    }

    @Test
    void withoutConnectionResponsesAre503AtOnceAnd200AfterTheReconnect() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start();
                RunningPier itsPier = RunningPier.withSample(home.resolve("mortal"), mortal, "")) {
            mortal.stop();
            itsPier.awaitStatus("/hello", 503);
            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                HttpResponse<String> unavailable = itsPier.get("/hello");
                Duration duration = Duration.ofNanos(System.nanoTime() - start);

                assertThat(unavailable.statusCode()).isEqualTo(503);
                assertThat(unavailable.headers().firstValue("Retry-After")).isPresent();
                assertThat(unavailable.headers().allValues("Date")).hasSize(1);
                assertThat(unavailable.body()).contains("\"status\":503,");
                // Below the call timeout of 5 s, so the request has not waited for the node.
                assertThat(duration).isLessThan(Duration.ofSeconds(4));
            }
            mortal.restart();
            assertThat(itsPier.awaitStatus("/hello", 200).body()).isEqualTo("hello world !");
        }
    }

    @Test
    void theStatusTellsWhetherThePeerHasTheCallBatcher() throws Exception {
        try (ErlangPeer without = ErlangPeer.with().cookie(erlang.cookie()).start();
                RunningPier itsPier = RunningPier.withSample(home.resolve("without"), without, "")) {
            itsPier.awaitStatus("/hello", 200);
            assertThat(itsPier.admin("/status").body()).contains("\"callHelper\":false");
            // Started last, because the module that it loads is then available to the first Pier, too.
            try (RunningPier loading =
                    RunningPier.withSample(home.resolve("loading"), without, "erlang.calls.helper = load\n")) {
                loading.awaitStatus("/hello", 200);
                Await.until(
                        "the call batcher",
                        () -> loading.admin("/status").body().contains("\"callHelper\":true"));
            }
        }
    }

    @Test
    void aCallOfAnUndefinedFunctionGives502WithAReferenceIntoTheLog() throws Exception {
        try (LogCapture log = LogCapture.begin()) {
            HttpResponse<String> response = pier.post("/call/uwsgitest/goodbye", "[1]");

            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(response.body()).doesNotContain("undef", "goodbye", "Exception", "\tat ");
            Matcher reference = REFERENCE.matcher(response.body());
            assertThat(reference.find()).as(response.body()).isTrue();
            assertThat(log.warnings(reference.group(1)))
                    .singleElement()
                    .asString()
                    .contains("undef", "[{uwsgitest,goodbye,[1],[]}");
        }
    }

    @Test
    void aCallThatFailsGives502WithoutDetails() throws Exception {
        try (LogCapture log = LogCapture.begin()) {
            HttpResponse<String> response = pier.post("/call/pier_sample/fail", "[\"secret\"]");

            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(response.body()).doesNotContain("secret", "pier_sample", "Exception");
            Matcher reference = REFERENCE.matcher(response.body());
            assertThat(reference.find()).as(response.body()).isTrue();
            assertThat(log.warnings(reference.group(1)))
                    .singleElement()
                    .asString()
                    .contains("{failed,<<\"secret\">>}", "pier_sample.erl");
        }
    }

    @Test
    void aBodyThatIsNotAJsonArrayGives400WithAReason() throws Exception {
        for (String body : new String[] {"{\"a\":1}", "", "[1,", "[1] 2", "null"}) {
            HttpResponse<String> response = pier.post("/call/lists/reverse", body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(response.body()).contains("\"status\":400,\"detail\":\"");
        }
    }

    @Test
    void anArgumentThatCannotBeEncodedGives400AndTheConnectionStays() throws Exception {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        for (String body : new String[] {"[\"\\ud800\"]", "[1e400]", deep}) {
            assertThat(pier.post("/call/pier_sample/echo", body).statusCode())
                    .as(body.substring(0, Math.min(20, body.length())))
                    .isEqualTo(400);
        }
        assertThat(pier.post("/call/lists/sum", "[[1,2,3]]").body().strip()).isEqualTo("6");
    }

    /// With `Expect: 100-continue`; docs/guarantees.md describes what other clients may see.
    @Test
    void aBodyOfTenMegabytesGives413() {
        HttpResponse<String> response = pier.send(HttpRequest.newBuilder(pier.at("/call/lists/reverse"))
                .version(Version.HTTP_1_1)
                .expectContinue(true)
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofString("[\"" + "x".repeat(10 << 20) + "\"]")));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).startsWith("{\"");
    }

    @Test
    void anUnlistedFunctionGives403AndCreatesNoAtom() throws Exception {
        String name = "made_up_by_a_client";
        HttpResponse<String> response = pier.post("/call/os/" + name, "[]");
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).startsWith("{\"title\":\"Not allowed\"");
        assertThat(erlang.eval("catch binary_to_existing_atom(<<\"made_up_by\">>), catch binary_to_existing_atom("
                        + "iolist_to_binary([\"made_up\", \"_by_a_client\"]))"))
                .startsWith("{'EXIT',{badarg,");
    }

    @Test
    void theStreamHasOneLinePerRow() throws Exception {
        HttpResponse<String> rows = pier.get("/stream?n=1234");
        assertThat(rows.statusCode()).isEqualTo(200);
        assertThat(rows.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(rows.body().lines())
                .hasSize(1234)
                .startsWith("{\"id\":1,\"name\":\"row 1\",\"square\":1}")
                .endsWith("{\"id\":1234,\"name\":\"row 1234\",\"square\":1522756}");
    }

    @Test
    void theMetricsOfAPeerAreComplete() throws Exception {
        pier.get("/hello");
        pier.post("/call/uwsgitest/goodbye", "[]");
        String metrics = pier.admin("/metrics").body();

        assertThat(metrics)
                .containsPattern("(?m)^pier_erlang_connected\\{.*peer=\"backend\".*} 1")
                .containsPattern("(?m)^pier_erlang_calls_seconds_count\\{.*outcome=\"ok\".*peer=\"backend\".*} [1-9]")
                .containsPattern("(?m)^pier_erlang_calls_seconds_count\\{.*outcome=\"error\".*} [1-9]")
                .containsPattern("(?m)^pier_erlang_calls_seconds_bucket\\{.*le=\"0.005\"")
                .containsPattern("(?m)^pier_erlang_bytes_total\\{.*direction=\"in\".*} [1-9]")
                .containsPattern("(?m)^pier_erlang_bytes_total\\{.*direction=\"out\".*} [1-9]")
                .containsPattern("(?m)^pier_erlang_queue_depth\\{.*peer=\"backend\"")
                .containsPattern("(?m)^pier_erlang_reconnects_total\\{.*peer=\"backend\".*} 0")
                .containsPattern("(?m)^pier_applications\\{state=\"deployed\"} 1");
    }

    @Test
    void aRunningCallCompletesDuringAGracefulStop() throws Exception {
        try (RunningPier ending = RunningPier.withSample(home.resolve("ending"), erlang, "")) {
            CompletableFuture<HttpResponse<String>> slow = CompletableFuture.supplyAsync(
                    () -> ending.send(HttpRequest.newBuilder(ending.at("/call/pier_sample/sleep"))
                            .version(Version.HTTP_1_1)
                            .POST(BodyPublishers.ofString("[1500]"))));
            Await.until(
                    "the call to run",
                    () -> erlang.eval("length([P || P <- processes(), {current_function, {timer, sleep, 1}} =:= "
                                    + "process_info(P, current_function)])")
                            .equals("1"));
            ending.server().stop();

            assertThat(slow).isDone();
            assertThat(Await.result("the answer", slow).statusCode()).isEqualTo(200);
        }
    }
}
