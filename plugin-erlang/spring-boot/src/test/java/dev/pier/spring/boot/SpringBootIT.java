package dev.pier.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.spring.boot.shop.Shop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// A Spring Boot application, in Boot's own server, and a real Erlang node.
class SpringBootIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final String MODULE = """
            -module(shop).
            -export([user/1, echo/1, slow/0, crash/0]).

            user(<<"joe">>) -> {ok, #{name => <<"Joe Armstrong">>, age => 68}};
            user(_) -> {error, not_found}.

            echo(Value) -> Value.

            slow() ->
                register(slow, self()),
                receive go -> <<"done">> end.

            crash() -> error(oops).
            """;

    private final String node = TestHost.nodeName(TestHost.uniqueName("shop"));
    private ConfigurableApplicationContext application;
    private String url;

    @BeforeEach
    void startTheApplication() {
        erlang.compile(MODULE);
        application = SpringApplication.run(
                Shop.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.main.banner-mode=off",
                "--management.endpoint.health.show-details=always",
                "--management.endpoints.web.exposure.include=health,metrics",
                "--pier.erlang.node=" + node,
                "--pier.erlang.cookie-file=" + erlang.cookieFile(),
                "--pier.erlang.epmd.port=" + TestEpmd.port(),
                "--pier.erlang.errors.statuses.not_found=404",
                "--pier.erlang.peers.backend.node=" + erlang.nodeName());
        url = "http://127.0.0.1:" + application.getEnvironment().getRequiredProperty("local.server.port");
        Await.until("the health", () -> health() == 200);
    }

    @AfterEach
    void stopTheApplication() {
        application.close();
    }

    @AfterAll
    static void closeTheClient() {
        CLIENT.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString());
    }

    private int health() {
        try {
            return get("/actuator/health/erlang").statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void controllersCallErlang() throws Exception {
        HttpResponse<String> joe = get("/users/joe");
        assertThat(joe.statusCode()).isEqualTo(200);
        assertThat(joe.body()).isEqualTo("{\"name\":\"Joe Armstrong\",\"age\":68}");

        HttpRequest echo = HttpRequest.newBuilder(URI.create(url + "/echo"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"a\":[1,2]}"))
                .build();
        assertThat(CLIENT.send(echo, BodyHandlers.ofString()).body()).isEqualTo("{\"a\":[1,2]}");
        assertThat(get("/actuator/metrics/pier.erlang.calls").body()).contains("\"statistic\":\"COUNT\"");
    }

    @Test
    void failuresBecomeProblemDetails() throws Exception {
        HttpResponse<String> unknown = get("/users/nobody");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(unknown.body())
                .contains("\"title\":\"Not Found\"", "\"detail\":\"The Erlang function returned an error.\"")
                .doesNotContain("reference");

        for (String path : new String[] {"/slow?function=crash", "/later?function=crash"}) {
            HttpResponse<String> crashed = get(path);
            assertThat(crashed.statusCode()).isEqualTo(502);
            assertThat(crashed.body())
                    .contains("\"detail\":\"The Erlang function failed.\"", "\"reference\":\"")
                    .doesNotContain("oops");
            assertThat(crashed.headers().firstValue("Cache-Control")).hasValue("no-store");
        }

        assertThatThrownBy(() -> get("/begun"))
                .as("a response that has begun is aborted")
                .isInstanceOf(IOException.class);
    }

    @Test
    void erlangCallsAndSendsToTheApplication() {
        erlang.eval("{new_orders, '" + node + "'} ! #{item => <<\"tea\">>, count => 2}");
        erlang.eval("{new_orders, '" + node + "'} ! nonsense");
        erlang.eval("{new_orders, '" + node + "'} ! #{item => <<\"tea\">>, count => 3}");
        Await.asserted(
                "both orders",
                () -> assertThat(erlang.eval("rpc:call('" + node + "', orders, count, [<<\"tea\">>])"))
                        .isEqualTo("5"));

        erlang.eval("gen_server:cast({visits, '" + node + "'}, 41)");
        assertThat(erlang.eval("gen_server:call({visits, '" + node + "'}, count)"))
                .isEqualTo("41");
    }

    @Test
    void healthGoesDownAndUpWithTheNode() throws Exception {
        assertThat(get("/actuator/health/erlang/backend").body()).contains("\"UP\"", "\"state\":\"CONNECTED\"");
        erlang.kill();
        Await.until("the health to go down", () -> health() == 503);
        assertThat(get("/actuator/health/erlang/backend").body()).contains("\"DOWN\"", "lastProblem");
        HttpResponse<String> refused = get("/users/joe");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");

        erlang.restart();
        Await.until("the health to come up", () -> health() == 200);
        assertThat(get("/users/joe").statusCode()).isEqualTo(200);
    }

    @Test
    void aStopDrainsHttpBeforeErlang() throws Exception {
        CompletableFuture<HttpResponse<String>> slow = CLIENT.sendAsync(
                HttpRequest.newBuilder(URI.create(url + "/slow?function=slow")).build(), BodyHandlers.ofString());
        Await.until("the call", () -> !erlang.eval("whereis(slow)").equals("undefined"));
        HttpResponse<InputStream> events =
                CLIENT.send(HttpRequest.newBuilder(URI.create(url + "/events")).build(), BodyHandlers.ofInputStream());
        erlang.eval("{events, '" + node + "'} ! <<\"first\">>");
        BufferedReader lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8));
        assertThat(lines.lines().anyMatch(line -> line.equals("data: \"first\"")))
                .isTrue();

        CompletableFuture<Void> closed = CompletableFuture.runAsync(application::close);
        assertThat(lines.lines())
                .as("lines up to the end of the endless response")
                .noneMatch(line -> line.startsWith("data"));
        assertThat(slow).as("the request in flight").isNotDone();
        assertThat(erlang.eval("rpc:call('" + node + "', orders, count, [<<\"tea\">>])"))
                .as("Erlang calls while HTTP drains")
                .isEqualTo("0");

        erlang.eval("slow ! go");
        assertThat(slow.get(20, TimeUnit.SECONDS).body()).isEqualTo("done");
        assertThat(closed).succeedsWithin(20, TimeUnit.SECONDS);
        assertThat(erlang.eval("rpc:call('" + node + "', orders, count, [<<\"tea\">>])"))
                .isEqualTo("{badrpc,nodedown}");
    }
}
