package dev.pier.erlang.servlet.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Peer;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The dialogue of two browsers on the page `docs/live.md`, with the page's own Erlang module.
class LivePageIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final Pattern MODULE = Pattern.compile("```erlang\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINE = Pattern.compile("(?m)^(\\w+) +([<>]) (.*)$");
    private static final Pattern CLOSE = Pattern.compile("close (\\d+) ?(.*)");

    /// The page's endpoint.
    @ServerEndpoint("/room/{name}")
    public static final class Room {
        private final TestNode node;
        private final Peer backend;

        private Room(TestNode node, Peer backend) {
            this.node = node;
            this.backend = backend;
        }

        @OnOpen
        public void open(Session session, @PathParam("name") String name) {
            ErlangSocket.open(session, node.processes()).join(backend, "room", "join", name);
        }
    }

    @Test
    void eachLineHappensAsThePageShows() throws Exception {
        String page = Files.readString(Path.of("..", "..", "docs", "live.md"));
        Matcher module = MODULE.matcher(page);
        assertThat(module.find()).isTrue();
        erlang.compile(module.group(1));
        Server server = new Server(0);
        try (TestNode node = TestNode.start(erlang.cookie());
                HttpClient client = HttpClient.newHttpClient()) {
            server.setHandler(app(node));
            server.start();
            int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
            URI room = URI.create("ws://localhost:" + port + "/room/lobby");
            replay(LINE.matcher(page).results().toList(), client, room);
        } finally {
            server.stop();
        }
    }

    private static ServletContextHandler app(TestNode node) {
        ServletContextHandler app = new ServletContextHandler("/");
        JakartaWebSocketServletContainerInitializer.configure(
                app,
                (_, container) -> container.addEndpoint(ServerEndpointConfig.Builder.create(Room.class, "/room/{name}")
                        .configurator(new ServerEndpointConfig.Configurator() {
                            @Override
                            public <T> T getEndpointInstance(Class<T> type) {
                                return type.cast(new Room(node, node.peer(erlang)));
                            }
                        })
                        .build()));
        return app;
    }

    private static void replay(List<MatchResult> lines, HttpClient client, URI room) {
        Map<String, Browser> browsers = new HashMap<>();
        Map<String, Integer> read = new HashMap<>();
        for (MatchResult line : lines) {
            Browser _ = browsers.computeIfAbsent(line.group(1), _ -> Browser.open(client, room));
        }
        assertThat(browsers).hasSize(2);
        Await.value(
                "both in the room",
                () -> erlang.eval("gen_server:call({global, {room, <<\"lobby\">>}}, present)"),
                "2"::equals);
        for (MatchResult line : lines) {
            Browser browser = Objects.requireNonNull(browsers.get(line.group(1)));
            if (line.group(2).equals(">")) {
                browser.say(line.group(3));
                continue;
            }
            Matcher close = CLOSE.matcher(line.group(3));
            if (close.matches()) {
                Browser.Closed closed = browser.awaitClosed();
                assertThat(closed.code()).isEqualTo(Integer.parseInt(close.group(1)));
                assertThat(closed.reason()).contains(close.group(2));
            } else {
                int next = read.merge(line.group(1), 1, Integer::sum);
                Await.until(line.group(), () -> browser.frames().size() >= next);
                assertThat(browser.frames().get(next - 1)).isEqualTo(line.group(3));
            }
        }
        browsers.values().forEach(Browser::close);
    }
}
