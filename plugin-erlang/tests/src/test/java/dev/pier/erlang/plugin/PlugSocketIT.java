package dev.pier.erlang.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.servlet.socket.Browser;
import dev.pier.erlang.servlet.socket.Browser.Closed;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import java.net.URI;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// WebSockets of a plug: the callbacks of WebSock, and their results.
class PlugSocketIT {
    private static final AtomicInteger NAMES = new AtomicInteger();

    @RegisterExtension
    static final ErlangPeer erlang =
            ErlangPeer.with().codePath(ElixirInstallation.modules()).start();

    @RegisterExtension
    static final MountedPier pier = MountedPier.ofPlugSuite(erlang, """
                erlang.mounts."/shop" { peer = backend, plug = "PlugSuite" }
                websocket.max-message = 4 MiB
                """);

    private final String name = "socket" + NAMES.incrementAndGet();

    private static URI address(String path) {
        return URI.create("ws://localhost:" + pier.port() + "/shop/" + path);
    }

    /// An open socket, which has been welcomed.
    private Browser open() {
        Browser browser = Browser.open(pier.client(), address("socket/" + name));
        Await.until("the welcome", () -> browser.frames().size() == 1);
        return browser;
    }

    private static void awaitNext(Browser browser, String... frames) {
        Await.until("the frames", () -> browser.frames().size() >= 1 + frames.length);
        assertThat(browser.frames().subList(1, browser.frames().size())).containsExactly(frames);
    }

    private void awaitTerminated(String reason) {
        Await.until(
                "terminate with " + reason,
                () -> erlang.eval("persistent_term:get({terminated, <<\"" + name + "\">>}, none)")
                        .equals(reason));
    }

    @Test
    void framesGoBothWays() {
        try (Browser browser = open()) {
            browser.say("quiet");
            browser.say("hello");
            browser.sayInFragments("in parts");
            browser.sayBinary((byte) 'b');
            browser.say("list");
            browser.say("reply");
            awaitNext(browser, "hello", "in parts", "binary b", "one", "binary two", "", "replied");
        }
    }

    /// WebSockAdapter, which Phoenix uses, knows the adapters of some servers by name.
    @Test
    void theAdapterHasANameThatIsKnown() {
        try (Browser browser = open()) {
            assertThat(browser.frames()).containsExactly("welcome from Bandit.HTTP1.Adapter");
        }
    }

    @Test
    void thePlugChoosesTheSubprotocol() {
        try (Browser browser = Browser.open(pier.client(), address("socket/" + name), "chat")) {
            assertThat(browser.subprotocol()).isEqualTo("chat");
        }
    }

    @Test
    void messagesOfProcessesReachTheHandler() {
        try (Browser browser = open()) {
            erlang.eval(name + " ! {say, <<\"told\">>}");
            awaitNext(browser, "told");
        }
    }

    @Test
    void pingsAreAnsweredOnBothSides() {
        try (Browser browser = open()) {
            browser.say("ping");
            Await.until("the pong", () -> browser.frames().contains("pong p"));
            browser.ping("mine");
            Await.until("the answer", () -> browser.frames().contains("pong mine"));
        }
    }

    @Test
    void aLargeMessageComesBack() {
        String large = "0123456789abcdef".repeat(65_536);
        try (Browser browser = open()) {
            browser.say(large);
            awaitNext(browser, large);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "stop, 1000, '', normal",
        "restart, 1012, '', normal",
        "error, 1011, '', '{error,oops}'",
        "code, 4001, '', normal",
        "reason, 4000, enough, normal"
    })
    void theHandlerClosesWithACode(String command, int code, String reason, String terminated) {
        try (Browser browser = open()) {
            browser.say(command);
            assertThat(browser.awaitClosed()).isEqualTo(new Closed(code, reason));
            awaitTerminated(terminated);
        }
    }

    @Test
    void messagesBeforeTheCloseArrive() {
        try (Browser browser = open()) {
            browser.say("last");
            assertThat(browser.awaitClosed()).isEqualTo(new Closed(4002, ""));
            awaitNext(browser, "last");
            awaitTerminated("{error,oops}");
        }
    }

    @Test
    void aClientThatClosesEndsTheHandler() {
        try (Browser browser = open()) {
            browser.leave(4000);
            awaitTerminated("remote");
        }
        Await.until("the end", () -> erlang.eval("whereis(" + name + ")").equals("undefined"));
    }

    @Test
    void aClientThatVanishesEndsTheHandler() {
        try (Browser browser = open()) {
            browser.vanish();
            awaitTerminated("{error,closed}");
        }
    }

    @Test
    void aCrashClosesWith1011() {
        try (Browser browser = open()) {
            browser.say("raise");
            assertThat(browser.awaitClosed().code()).isEqualTo(1011);
            erlang.awaitLog("** (RuntimeError) crashed in the socket");
        }
    }

    @Test
    void aKilledHandlerClosesWith1011() {
        try (Browser browser = open()) {
            erlang.eval("exit(whereis(" + name + "), kill)");
            assertThat(browser.awaitClosed().code()).isEqualTo(1011);
        }
    }

    @Test
    void aSlowReaderSlowsTheHandler() {
        try (Browser browser = Browser.lazy(pier.client(), address("socket/" + name))) {
            browser.say("flood");
            Producer producer = new Producer(erlang, name);
            Await.until("the wait of the handler", producer::isWaiting);
            // The windows, and the buffers of the sockets.
            assertThat(producer.blocks() * 65_536).isLessThan(60_000_000);
            try (Browser other = Browser.open(pier.client(), address("socket/other_" + name))) {
                other.say("hello");
                awaitNext(other, "hello");
            }
        }
        Await.until("the end", () -> erlang.eval("whereis(" + name + ")").equals("undefined"));
    }

    @Test
    void aPlugMayRefuse() throws Exception {
        assertThat(pier.get("/shop/socket/" + name).statusCode()).isEqualTo(502);
        erlang.awaitLog("no upgrade to websocket");
        try (Browser _ = Browser.open(pier.client(), address("no_socket"))) {
            throw new AssertionError("the socket is open");
        } catch (AssertionError e) {
            assertThat(statusOf(e)).isEqualTo(403);
        }
    }

    private static int statusOf(Throwable failure) {
        Throwable cause = failure.getCause();
        while (cause instanceof CompletionException || cause instanceof ExecutionException) {
            cause = cause.getCause();
        }
        return cause instanceof WebSocketHandshakeException refused
                ? refused.getResponse().statusCode()
                : -1;
    }
}
