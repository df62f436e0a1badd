package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.plugin.Mount;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// WebSockets that the servlet of a mount accepts: each servlet context of a mount has a container for them.
class MountSocketIT {
    @TempDir
    Path folder;

    /// Sends each text back.
    public static final class Echo extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, text -> {
                var _ = session.getAsyncRemote().sendText(text);
            });
        }
    }

    private static final class Own extends ServerEndpointConfig.Configurator {
        @Override
        public <T> T getEndpointInstance(Class<T> type) {
            return type.cast(new Echo());
        }

        @Override
        public boolean checkOrigin(String origin) {
            return true;
        }

        @Override
        public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
            return requested.isEmpty() ? "" : requested.getLast();
        }

        @Override
        public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
            return List.of();
        }
    }

    private static final class Accepting extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            if (!(getServletContext().getAttribute(ServerContainer.class.getName())
                    instanceof ServerContainer container)) {
                response.sendError(HttpServletResponse.SC_NOT_IMPLEMENTED);
                return;
            }
            try {
                container.upgradeHttpToWebSocket(
                        request,
                        response,
                        ServerEndpointConfig.Builder.create(Echo.class, "/")
                                .configurator(new Own())
                                .build(),
                        Map.of());
            } catch (DeploymentException e) {
                throw new ServletException(e);
            }
        }
    }

    private TestServer serving(String settings) throws Exception {
        return TestServer.started(
                folder,
                settings,
                new TestPlugin(context -> context.mount(new Mount("/a", new Accepting(), Set.of(), null, "", false))));
    }

    @Test
    void aServletAcceptsThem() throws Exception {
        try (TestServer server = serving("");
                TestSocket socket = TestSocket.open(server, "/a/b", it -> it.subprotocols("one", "two"))) {
            assertThat(socket.send("text").next()).isEqualTo("text");
            assertThat(socket.socket().getSubprotocol()).isEqualTo("two");
            assertThat(server.admin("/metrics").body()).contains("websocket_sockets{application=\"/a\"} 1.0");
            assertThat(TestSocket.refused(server, "/a", it -> it.header("Origin", "http://evil.example")))
                    .isEqualTo(403);
        }
    }

    @Test
    void theyComeOverHttp2Too() throws Exception {
        try (TestServer server = serving("");
                Http2Socket.Connection connection = new Http2Socket.Connection(server)) {
            Http2Socket socket = connection.open("/a/b");
            assertThat(socket.ask("text")).isEqualTo("text");
            socket.close(4000);
            assertThat(socket.closed()).isEqualTo(4000);
        }
    }

    @Test
    void aStopClosesThem() throws Exception {
        try (TestServer server = serving("");
                TestSocket socket = TestSocket.open(server, "/a")) {
            assertThat(socket.send("text").next()).isEqualTo("text");
            server.server().stop();
            assertThat(socket.closed().code()).isEqualTo(1001);
        }
    }

    @Test
    void thereAreNoneIfTheyAreDisabled() throws Exception {
        try (TestServer server = serving("websocket.enabled = false")) {
            assertThat(TestSocket.refused(server, "/a", _ -> {})).isEqualTo(501);
        }
    }
}
