package dev.pier.erlang.servlet.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestNode;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// From a WebSocket client to a process of a real Erlang node, and back. The container reports the close of a session
/// to the endpoint only, as any Jakarta container does.
class ErlangSocketIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final Map<String, SocketOptions> OPTIONS = Map.of(
            "plain", SocketOptions.DEFAULT,
            "silent", SocketOptions.DEFAULT, // Its endpoint has no @OnClose.
            "small", SocketOptions.DEFAULT.withQueue(100_000),
            "credit", SocketOptions.DEFAULT.withCredit(4),
            "acked", SocketOptions.DEFAULT.withAcknowledgedCredit(3),
            "binary", SocketOptions.DEFAULT.withBinaryFrames(),
            "unlinked", SocketOptions.DEFAULT.withoutLink(),
            "named", SocketOptions.DEFAULT.withName("browser"));

    private final Server server = new Server(0);
    private final HttpClient client = HttpClient.newHttpClient();
    private TestNode node;
    private Peer peer;
    private int processesAtRest;

    /// Joins the server whose name is in the query.
    public final class Joining extends Endpoint {
        private final String kind;

        private Joining(String kind) {
            this.kind = kind;
        }

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.setMaxTextMessageBufferSize(1000);
            String[] parameters = session.getQueryString().split("=", 2);
            ErlangSocket.open(session, node.processes(), Objects.requireNonNull(OPTIONS.get(kind)))
                    .join(peer, "talk", parameters[0], Atom.of(parameters[1]));
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            if (!kind.equals("silent")) {
                ErlangSocket.closed(session, reason);
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        node = TestNode.start(erlang.cookie());
        peer = node.peer(erlang);
        assertThat(peer.ping()).isTrue();
        processesAtRest = node.node().processes().count();
        erlang.compile(Files.readString(Path.of("../erlang/src/pier_socket.erl")));
        // join: a server that traps exits and keeps all it gets. asleep: one that handles nothing until told.
        erlang.compile("""
                -module(talk).
                -export([join/2, asleep/2, dead/2, mortal/2, refuse/2, busy/2, crash/2, odd/2, named/2]).
                -export([loop/1, wait/1, fragile/0]).
                join(Pid, Name) -> P = start(Name, loop), P ! {joined, Pid}, {ok, P}.
                asleep(Pid, Name) -> P = start(Name, wait), P ! {joined, Pid}, {ok, P}.
                named(Pid, Name) -> {ok, P} = join(Pid, Name), true = is_pid(P), {ok, {Name, node()}}.
                dead(_, _) -> {P, M} = spawn_monitor(fun() -> ok end), receive {'DOWN', M, _, _, _} -> {ok, P} end.
                mortal(_, Name) -> P = spawn(?MODULE, fragile, []), register(Name, P), {ok, P}.
                refuse(_, _) -> {error, not_today}.
                busy(_, _) -> {close, 4029, <<"too busy">>}.
                crash(_, _) -> error(secret_reason). odd(_, _) -> hello.
                start(Name, F) ->
                    case whereis(Name) of
                        undefined -> P = spawn(fun() -> process_flag(trap_exit, true), ?MODULE:F([]) end),
                                     register(Name, P), P;
                        P -> P
                    end.
                wait(Seen) -> receive wake -> loop(Seen) end.
                loop(Seen) ->
                    receive
                        {joined, Pid} -> put(pid, Pid), loop(Seen);
                        {seen, From} -> From ! {seen, lists:reverse(Seen)}, loop(Seen);
                        {pid, From} -> From ! {pid, get(pid)}, loop(Seen);
                        {stop, Reason} -> exit(Reason);
                        {pier_socket, Pid, Term} when node(Pid) =/= node() -> loop([Term | Seen]);
                        {'EXIT', Pid, Reason} when node(Pid) =/= node() -> loop([{exit, Reason} | Seen])
                    end.
                fragile() -> receive {pid, _} -> fragile() end.
                """);
        ServletContextHandler app = new ServletContextHandler("/");
        JakartaWebSocketServletContainerInitializer.configure(app, (_, container) -> {
            for (String kind : OPTIONS.keySet()) {
                container.addEndpoint(ServerEndpointConfig.Builder.create(Joining.class, "/" + kind)
                        .configurator(new ServerEndpointConfig.Configurator() {
                            @Override
                            public <T> T getEndpointInstance(Class<T> type) {
                                return type.cast(new Joining(kind));
                            }
                        })
                        .build());
            }
        });
        server.setHandler(app);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        server.stop();
        Await.until("the end of all processes", () -> node.node().processes().count() <= processesAtRest);
        node.close();
    }

    private URI address(String kind, String function, String name) {
        int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        return URI.create("ws://localhost:" + port + "/" + kind + "?" + function + "=" + name);
    }

    private Browser open(String kind, String function, String name) {
        return Browser.open(client, address(kind, function, name));
    }

    /// A browser whose socket is connected with the server of that name: a client sees the handshake before that.
    private Browser join(String kind, String function, String name) {
        Browser browser = open(kind, function, name);
        awaitServer(erlang, name);
        Await.until(
                "its link or monitor",
                () -> erlang.eval("[N || {_, L} <- process_info(whereis(" + name + "), [links, monitored_by]),"
                                + " P <- L, N <- [node(P)], N =/= node()]")
                        .contains("@"));
        return browser;
    }

    private static void awaitServer(ErlangPeer on, String name) {
        Await.until(
                "the server " + name, () -> !on.eval("whereis(" + name + ")").equals("undefined"));
    }

    private static String ask(String name, String question) {
        return erlang.eval(name + " ! {" + question + ", self()}, receive {" + question
                + ", Answer} -> Answer after 10000 -> mute end");
    }

    private static void awaitSeen(String name, String expected) {
        Await.asserted(
                "what the server has seen", () -> assertThat(ask(name, "seen")).isEqualTo(expected));
    }

    /// An expression for the pid of the browser that has joined last.
    private static String pid(String name) {
        return "(fun() -> " + name + " ! {pid, self()}, receive {pid, Pid} -> Pid end end)()";
    }

    private static void tell(String name, String call) {
        erlang.eval("Pid = " + pid(name) + ", " + call);
    }

    @Test
    void framesBecomeMessagesAndMessagesFrames() {
        try (Browser browser = join("plain", "join", "both")) {
            browser.say("{\"say\":\"grüße\",\"n\":[1,2.5,true,null]}");
            browser.say("\"text\"");
            awaitSeen(
                    "both", "[#{<<\"n\">> => [1,2.5,true,undefined],<<\"say\">> => <<\"grüße\"/utf8>>},<<\"text\">>]");
            tell("both", "pier_socket:send(Pid, #{text => <<\"hello\">>}), Pid ! [1, two, <<\"three\">>], ok");
            browser.awaitFrames("{\"text\":\"hello\"}", "[1,\"two\",\"three\"]");
            tell("both", "ok = pier_socket:send_sync(Pid, 4), gen_server:cast(Pid, {5, five})");
            Await.until("two more frames", () -> browser.frames().size() == 4);
            assertThat(browser.frames().subList(2, 4)).containsExactly("4", "[5,\"five\"]");
        }
    }

    @Test
    void textsNeverBecomeAtoms() {
        try (Browser browser = join("plain", "join", "atoms")) {
            browser.say("{\"surely_no_atom_of_this_node\":\"surely_no_atom_either\"}");
            awaitSeen("atoms", "[#{<<\"surely_no_atom_of_this_node\">> => <<\"surely_no_atom_either\">>}]");
            assertThat(erlang.eval("catch binary_to_existing_atom(list_to_binary([\"surely_no_atom\", \"_either\"]))"))
                    .startsWith("{'EXIT',{badarg,");
        }
    }

    @Test
    void theBrowsersLeavingEndsTheProcessWithItsCode() {
        try (Browser browser = join("plain", "join", "left")) {
            browser.leave(4001);
            awaitSeen("left", "[{exit,{shutdown,{closed,4001}}}]");
            assertThat(browser.awaitClosed().code()).isEqualTo(4001);
        }
    }

    @Test
    void aVanishedBrowserIsSeenWithinASecond() {
        try (Browser browser = join("silent", "join", "vanished")) {
            assertThat(ask("vanished", "seen")).isEqualTo("[]");
            long began = System.nanoTime();
            browser.vanish();
            awaitSeen("vanished", "[{exit,{shutdown,{closed,1006}}}]");
            print("Erlang saw the browser vanish", began);
        }
    }

    @Test
    void aKilledNodeIsSeenWithinASecond() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start()) {
            mortal.compile("-module(talk). -export([join/2]). join(_, Name) ->"
                    + " P = spawn(fun() -> receive stop -> ok end end), register(Name, P), {ok, P}.");
            peer = node.peer(mortal);
            try (Browser browser = open("plain", "join", "any")) {
                awaitServer(mortal, "any");
                Await.until(
                        "the link",
                        () -> mortal.eval("element(2, process_info(whereis(any), links))")
                                .contains("<"));
                long began = System.nanoTime();
                mortal.kill();
                assertThat(browser.awaitClosed().code()).isEqualTo(1011);
                print("the browser saw the node's end", began);
            }
        }
    }

    private static void print(String what, long began) {
        System.out.printf(
                "ErlangSocketIT: %s after %d ms%n",
                what, Duration.ofNanos(System.nanoTime() - began).toMillis());
    }

    @Test
    void erlangClosesWithACodeAndAReasonOfItsChoice() {
        Map<String, Browser.Closed> expected = Map.of(
                "exit(Pid, {close, 4000, <<\"reason\">>})", new Browser.Closed(4000, "reason"),
                "exit(Pid, {shutdown, {close, 3001}})", new Browser.Closed(3001, ""),
                "pier_socket:close(Pid)", new Browser.Closed(1000, ""),
                "pier_socket:close(Pid, 1008, \"über\")", new Browser.Closed(1008, "über"),
                "exit(Pid, normal)", new Browser.Closed(1000, ""),
                "exit(Pid, shutdown)", new Browser.Closed(1001, ""),
                "exit(Pid, {close, 1006, <<>>})", new Browser.Closed(1011, ""),
                "exit(Pid, {close, 99, <<>>})", new Browser.Closed(1011, ""),
                "exit(Pid, secret_reason)", new Browser.Closed(1011, ""),
                "exit(Pid, kill)", new Browser.Closed(1011, ""));
        int number = 0;
        for (Map.Entry<String, Browser.Closed> end : expected.entrySet()) {
            String name = "closing" + number++;
            try (Browser browser = join("plain", "join", name)) {
                tell(name, "Pid ! 1, " + end.getKey() + ", ok");
                assertThat(browser.awaitClosed()).as(end.getKey()).isEqualTo(end.getValue());
                browser.awaitFrames(
                        end.getKey().contains("kill") && browser.frames().isEmpty()
                                ? new String[0]
                                : new String[] {"1"});
            }
        }
    }

    @Test
    void aReasonThatIsTooLongIsCutBetweenCharacters() {
        try (Browser browser = join("plain", "join", "long")) {
            tell("long", "pier_socket:close(Pid, 4000, [\"x\", lists:duplicate(100, 252)])");
            Browser.Closed closed = browser.awaitClosed();
            assertThat(closed.code()).isEqualTo(4000);
            assertThat(closed.reason()).isEqualTo("x" + "ü".repeat(61));
        }
    }

    @Test // Several times: the end is reported while the socket is being connected.
    void aServerThatHasEndedBeforeClosesTheSocket() {
        for (int i = 0; i < 40; i++) {
            try (Browser browser = open(i % 2 == 0 ? "plain" : "unlinked", "dead", "d")) {
                assertThat(browser.awaitClosed().code()).isEqualTo(1011);
            }
        }
    }

    @Test
    void theEndOfTheServerClosesTheSocket() {
        Map<String, Integer> expected = Map.of(
                "normal", 1000, "shutdown", 1001, "broken", 1011, "{shutdown, {close, 4010, <<\"moved\">>}}", 4010);
        int number = 0;
        for (Map.Entry<String, Integer> end : expected.entrySet()) {
            for (String kind : List.of("plain", "unlinked")) {
                String name = "ending" + number++;
                try (Browser browser = join(kind, "join", name)) {
                    erlang.eval(name + " ! {stop, " + end.getKey() + "}");
                    assertThat(browser.awaitClosed().code())
                            .as(kind + " " + end)
                            .isEqualTo(end.getValue());
                }
            }
        }
    }

    @Test
    void aServerThatDoesNotTrapExitsSurvivesWithoutALink() {
        for (String kind : List.of("plain", "unlinked")) {
            try (Browser browser = join(kind, "mortal", "mortal_" + kind)) {
                browser.leave(1000);
                assertThat(browser.awaitClosed().code()).isEqualTo(1000);
            }
        }
        Await.until(
                "the end of the linked server",
                () -> erlang.eval("whereis(mortal_plain)").equals("undefined"));
        assertThat(erlang.eval("is_pid(whereis(mortal_unlinked))")).isEqualTo("true");
    }

    @Test
    void aFunctionMayRefuseASocket() {
        assertThat(open("plain", "refuse", "x").awaitClosed().code()).isEqualTo(1008);
        assertThat(open("plain", "busy", "x").awaitClosed()).isEqualTo(new Browser.Closed(4029, "too busy"));
    }

    @Test
    void aFailedJoinClosesTheSocketWithAReference() {
        for (String function : List.of("crash", "odd", "missing")) {
            try (LogCapture log = LogCapture.begin()) {
                Browser.Closed closed = open("plain", function, "x").awaitClosed();
                assertThat(closed.code()).isEqualTo(1011);
                assertThat(closed.reason()).matches("reference [0-9a-f]{16}");
                assertThat(log.warnings(closed.reason()))
                        .singleElement()
                        .asString()
                        .contains("talk:" + function);
            }
        }
    }

    @Test
    void aPeerThatIsNotThereAsksTheBrowserToTryLater() {
        peer = node.processes().peer("absent@localhost");
        assertThat(open("plain", "join", "x").awaitClosed().code()).isEqualTo(1013);
    }

    @Test
    void aServerMayBeGivenByName() {
        try (Browser browser = join("plain", "named", "by_name")) {
            browser.say("1");
            awaitSeen("by_name", "[1]");
            erlang.eval("by_name ! {stop, shutdown}");
            assertThat(browser.awaitClosed().code()).isEqualTo(1001);
        }
    }

    @Test
    void badFramesCloseTheSocketAndDoNotReachErlang() {
        Map<String, Integer> expected = Map.of(
                "{\"a\":",
                1007,
                "{\"a\":1,\"a\":2}",
                1007,
                "nope",
                1007,
                "",
                1007,
                "\"" + "x".repeat(2000) + "\"",
                1009);
        int number = 0;
        for (Map.Entry<String, Integer> frame : expected.entrySet()) {
            String name = "bad" + number++;
            try (Browser browser = join("plain", "join", name)) {
                browser.say(frame.getKey());
                assertThat(browser.awaitClosed().code()).as(frame.getKey()).isEqualTo(frame.getValue());
                awaitSeen(name, "[{exit,{shutdown,{closed," + frame.getValue() + "}}}]");
            }
        }
    }

    @Test
    void binariesAreBinaryFramesByOption() {
        try (Browser browser = join("binary", "join", "binary")) {
            browser.sayBinary((byte) 1, (byte) 255);
            browser.say("[1]");
            awaitSeen("binary", "[<<1,255>>,[1]]");
            tell("binary", "Pid ! <<\"abc\">>, Pid ! [abc], ok");
            browser.awaitFrames("binary abc", "[\"abc\"]");
        }
        try (Browser browser = join("plain", "join", "text_only")) {
            browser.sayBinary((byte) 1);
            assertThat(browser.awaitClosed().code()).isEqualTo(1003);
            awaitSeen("text_only", "[{exit,{shutdown,{closed,1003}}}]");
        }
    }

    @Test
    void aProcessMayHaveAName() {
        try (Browser browser = join("named", "join", "of_named")) {
            erlang.eval("{browser, '" + node.name() + "'} ! <<\"by name\">>");
            browser.awaitFrames("\"by name\"");
        }
    }

    /// The slow browser's messages are many times the limits of all buffers between.
    @Test
    void aBrowserThatDoesNotReadIsClosedAndHarmsNoOther() {
        try (Browser slow = Browser.lazy(client, address("small", "join", "slow"));
                Browser quick = join("small", "join", "quick")) {
            String flood = "[Pid ! {N, binary:copy(<<\"x\">>, 10000)} || N <- lists:seq(1, 20000)]";
            long began = System.nanoTime();
            tell("slow", "{Time, _} = timer:tc(fun() -> " + flood + " end), Time");
            tell("quick", "[ok = pier_socket:send_sync(Pid, N) || N <- lists:seq(1, 1000)], ok");
            Await.until("all frames of the other", () -> quick.frames().size() == 1000);
            print("a slow and a quick browser", began);
            awaitSeen("slow", "[{exit,{shutdown,{closed,1013}}}]");
            slow.readAll();
            assertThat(slow.awaitClosed().code()).isEqualTo(1013);
            assertThat(slow.frames()).hasSizeLessThan(20_000);
            assertThat(quick.isOpen()).isTrue();
        }
    }

    @Test
    void aServerThatDoesNotKeepUpStopsTheReading() {
        try (Browser browser = join("credit", "asleep", "asleep")) {
            for (int i = 1; i <= 100; i++) {
                browser.saySoon(Integer.toString(i));
            }
            String queued = "process_info(whereis(asleep), message_queue_len)";
            // Its own message about the browser, and no more than the credit.
            Await.until(
                    "as many messages as the credit allows",
                    () -> erlang.eval(queued).equals("{message_queue_len,5}"));
            for (int i = 0; i < 20; i++) {
                assertThat(erlang.eval(queued)).isEqualTo("{message_queue_len,5}");
            }
            erlang.eval("asleep ! wake");
            List<String> all = new ArrayList<>();
            for (int i = 1; i <= 100; i++) {
                all.add(Integer.toString(i));
            }
            awaitSeen("asleep", "[" + String.join(",", all) + "]");
        }
    }

    @Test
    void aServerThatAcknowledgesGetsNoMoreThanItsCredit() {
        try (Browser browser = join("acked", "join", "acked")) {
            for (int i = 1; i <= 9; i++) {
                browser.saySoon(Integer.toString(i));
            }
            awaitSeen("acked", "[1,2,3]");
            tell("acked", "pier_socket:ack(Pid)");
            awaitSeen("acked", "[1,2,3,4]");
            tell("acked", "pier_socket:ack(Pid, 2)");
            awaitSeen("acked", "[1,2,3,4,5,6]");
            tell("acked", "pier_socket:ack(Pid, 1000)");
            awaitSeen("acked", "[1,2,3,4,5,6,7,8,9]");
            assertThat(browser.frames()).isEmpty();
        }
    }

    @Test
    void aBrowserThatLeavesWhileItWaitsForCreditEndsTheProcess() {
        try (Browser browser = join("acked", "join", "waiting")) {
            for (int i = 1; i <= 9; i++) {
                browser.saySoon(Integer.toString(i));
            }
            awaitSeen("waiting", "[1,2,3]");
            browser.vanish();
            awaitSeen("waiting", "[1,2,3,{exit,{shutdown,{closed,1006}}}]");
        }
    }

    @Test
    void theEndOfTheApplicationClosesItsSockets() {
        try (Browser browser = join("plain", "join", "undeployed")) {
            node.runtime().close();
            assertThat(browser.awaitClosed().code()).isEqualTo(1001);
        }
    }
}
