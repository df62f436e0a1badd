package dev.pier.erlang.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.servlet.socket.Browser;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// WebSockets of an application on the messages of Cowboy's connection, through a mount.
///
/// SPEC: RFC 6455
class CowboySocketIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final String SETTINGS = """
                erlang.calls.helper = never
            websocket.max-message = 2 MiB
            erlang.mounts."/c" { peer = backend, cowboy = suite }
            """;

    @RegisterExtension
    static final MountedPier pier = MountedPier.ofCowboySuite(erlang, SETTINGS);

    @AfterEach
    void theHandlerHasEnded() {
        Await.until(
                "the end of the handler", () -> erlang.eval("whereis(socket)").equals("undefined"));
    }

    private static Browser open(String... subprotocols) {
        Browser browser = Browser.open(pier.client(), address("/c/socket"), subprotocols);
        browser.awaitFrames("hello");
        return browser;
    }

    private static URI address(String path) {
        return URI.create("ws://localhost:" + pier.port() + path);
    }

    private static void ended(String reason) {
        Await.value(
                "the end " + reason,
                () -> erlang.eval("persistent_term:get({cowboy_suite, socket}, none)"),
                reason::equals);
    }

    @Test
    void messagesGoBothWays() {
        try (Browser browser = open()) {
            browser.say("one");
            browser.say("\u00fc\ud83d\ude00");
            browser.say("");
            browser.sayBinary((byte) 1, (byte) 200);
            browser.awaitFrames("hello", "one", "\u00fc\ud83d\ude00", "", "binary \u0001\u00c8");
            erlang.eval("socket ! {from, erlang}");
            browser.awaitFrames("hello", "one", "\u00fc\ud83d\ude00", "", "binary \u0001\u00c8", "{from,erlang}");
        }
    }

    @Test
    void fragmentsAreJoined() {
        try (Browser browser = open()) {
            browser.sayInFragments("abc");
            browser.say("fragments");
            browser.awaitFrames("hello", "abc", "abc", "pong ");
        }
    }

    @Test
    void largeMessagesGoBothWays() {
        try (Browser browser = open()) {
            byte[] message = new byte[1_000_000];
            message[999_999] = 1;
            browser.sayBinary(message);
            Await.until("the message", () -> browser.frames().size() == 2);
            assertThat(browser.frames().get(1))
                    .hasSize("binary ".length() + 1_000_000)
                    .endsWith("\u0000\u0001");
        }
    }

    @Test
    void messagesAboveTheLimitCloseTheSocket() {
        try (Browser browser = open()) {
            browser.sayBinary(new byte[3_000_000]);
            assertThat(browser.awaitClosed().code()).isEqualTo(1009);
        }
    }

    @Test
    void anApplicationPings() {
        try (Browser browser = open()) {
            browser.say("ping");
            browser.awaitFrames("hello", "pong p");
        }
    }

    @Test
    void theHandshakeIsThatOfHttp11() throws Exception {
        try (Browser browser = open("chat.v2", "chat.v1")) {
            assertThat(browser.subprotocol()).isEqualTo("chat.v2");
        }
        assertThat(erlang.eval("persistent_term:get({cowboy_suite, handshake})"))
                .contains(
                        "method => <<\"GET\">>",
                        "version => 'HTTP/1.1'",
                        "has_body => false",
                        "<<\"upgrade\">> => <<\"websocket\">>",
                        "<<\"connection\">> => <<\"Upgrade\">>",
                        "<<\"sec-websocket-version\">> => <<\"13\">>",
                        "<<\"sec-websocket-key\">>")
                .doesNotContain("sec-websocket-extensions");
        String answer = pier.raw(HANDSHAKE.formatted("/c/ignore"));
        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("not read");
        assertThat(pier.raw(HANDSHAKE.formatted("/c/socket/wrong"))).startsWith("HTTP/1.1 502 ");
        assertThat(pier.raw(HANDSHAKE
                        .formatted("/c/socket")
                        .replace("\r\nConnection", "\r\nOrigin: http://evil.example\r\nConnection")))
                .startsWith("HTTP/1.1 403 ");
        assertThat(pier.raw("GET /c/socket HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 501 ");
    }

    private static final String HANDSHAKE = "GET %s HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: close,"
            + " Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    @Test
    void theApplicationCloses() {
        try (Browser browser = open()) {
            browser.say("close");
            assertThat(browser.awaitClosed()).isEqualTo(new Browser.Closed(4000, "bye"));
        }
        try (Browser browser = open()) {
            browser.say("stop");
            assertThat(browser.awaitClosed().code()).isEqualTo(1000);
        }
    }

    @Test
    void theClientCloses() {
        try (Browser browser = open()) {
            browser.leave(4001);
            ended("{4001,<<\"bye\">>}");
        }
        try (Browser browser = open()) {
            browser.vanish();
            ended("closed");
        }
    }

    @Test
    void aHandlerThatFailsClosesWith1011() {
        for (String cause : List.of("crash", "latin", "badclose")) {
            try (LogCapture log = LogCapture.begin();
                    Browser browser = open()) {
                browser.say(cause);
                Browser.Closed closed = browser.awaitClosed();
                assertThat(closed.code()).isEqualTo(1011);
                assertThat(log.text()).contains("with 1011 (" + closed.reason());
            }
            theHandlerHasEnded();
        }
        try (Browser browser = open()) {
            erlang.eval("exit(whereis(socket), kill)");
            assertThat(browser.awaitClosed().code()).isEqualTo(1011);
        }
    }

    @Test
    void aSlowClientSlowsTheHandler() {
        try (Browser browser = Browser.lazy(pier.client(), address("/c/socket"))) {
            browser.say("endless");
            Producer producer = new Producer(erlang, "socket");
            Await.until("the wait of the handler", producer::isWaiting);
            assertThat(producer.blocks() * 32_768).isLessThan(60_000_000);
        }
    }

    @Test
    void aHandlerThatIsBusySlowsTheClient() {
        byte[] message = new byte[500_000];
        try (Browser browser = open()) {
            browser.say("sleep");
            Await.until(
                    "the sleep",
                    () -> erlang.eval("process_info(whereis(socket), status)").equals("{status,waiting}"));
            // More than the window of the upload, and less than the buffers of the sockets.
            browser.sayBinary(message);
            browser.sayBinary(message);
            assertThat(Long.parseLong(erlang.eval("element(2, process_info(whereis(socket), message_queue_len))")))
                    .isLessThan(4);
            erlang.eval("socket ! continue");
            Await.until("the echoes", () -> browser.frames().size() == 3);
        }
    }

    /// A client that leaves while its handler is busy: the handler is killed if it does not see the end.
    @Test
    void aHandlerThatDoesNotEndIsKilled() {
        try (Browser browser = open()) {
            browser.say("sleep");
            Await.until(
                    "the sleep",
                    () -> erlang.eval("process_info(whereis(socket), status)").equals("{status,waiting}"));
        }
    }

    @Test
    void aStopClosesWith1001(@TempDir Path folder) throws Exception {
        try (MountedPier other = MountedPier.start(folder, erlang, SETTINGS)) {
            Browser browser = Browser.open(other.client(), URI.create("ws://localhost:" + other.port() + "/c/socket"));
            browser.awaitFrames("hello");
            Thread stop = Thread.ofVirtual().start(() -> other.server().close());
            assertThat(browser.awaitClosed().code()).isEqualTo(1001);
            ended("{1001,<<>>}");
            stop.join();
        }
    }

    @Test
    void theMetricsCountTheSockets() throws Exception {
        try (Browser browser = open()) {
            assertThat(pier.admin("/metrics")).contains("websocket_sockets{application=\"/c\"} 1.0");
            browser.say("one");
        }
        String counted = "pier_erlang_mount_requests_total{mount=\"/c\",status=\"101\"}";
        Await.value("the request is counted", () -> pier.admin("/metrics"), it -> it.contains(counted));
    }
}
