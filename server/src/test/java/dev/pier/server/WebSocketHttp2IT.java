package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.Session;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketExtension;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.websocket.core.ExtensionConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sockets over HTTP/2 (RFC 8441), and with compressed messages.
class WebSocketHttp2IT {
    private static final String ECHO = """
            package app;
            import jakarta.websocket.*;
            import jakarta.websocket.server.*;
            @ServerEndpoint("/echo")
            public class Echo {
                @OnMessage public String echo(String text, Session session) {
                    return text + session.getNegotiatedExtensions();
                }
            }
            """;

    /// Jetty's client keeps to what it has offered, not to what the server has answered.
    private static final String DEFLATE = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

    @TempDir
    Path home;

    @Test
    void socketsShareAConnectionOfHttp2() throws Exception {
        try (TestServer server = echo("http.idle-timeout = 1 s");
                Http2Socket.Connection connection = new Http2Socket.Connection(server)) {
            Http2Socket first = connection.open("/app/echo");
            Http2Socket second = connection.open("/app/echo");

            assertThat(first.ask("1") + second.ask("2")).isEqualTo("1[]2[]");
            assertThat(server.admin("/metrics").body())
                    .contains("http_server_connections 1.0")
                    .contains("http_server_active 0.0")
                    .contains("websocket_sockets{application=\"/app\"} 2.0");
            awaitIdleTimeout(server);
            assertThat(first.ask("3") + second.ask("4")).isEqualTo("3[]4[]");
            first.close(1000);
            assertThat(first.closed()).isEqualTo(1000);
            assertThat(second.ask("5")).isEqualTo("5[]");
        }
    }

    @Test
    void socketsOfHttp2AreClosedAsOthers() throws Exception {
        try (TestServer server = echo("websocket.max-message = 1 KiB");
                Http2Socket.Connection connection = new Http2Socket.Connection(server)) {
            Http2Socket large = connection.open("/app/echo");
            large.send("x".repeat(1025));
            assertThat(large.closed()).isEqualTo(1009);
            Http2Socket open = connection.open("/app/echo");
            assertThat(open.ask("")).isEqualTo("[]");
            Files.delete(server.webapps().resolve("app.jar"));
            assertThat(open.closed()).isEqualTo(1001);
        }
    }

    @Test
    void messagesAreCompressedWhereTheClientOffersIt() throws Exception {
        try (TestServer server = echo("");
                Client client = new Client()) {
            Client.Socket socket = client.open(server, "/app/echo", DEFLATE);
            String repeated = "again and ".repeat(5000);

            assertThat(socket.ask(repeated)).startsWith(repeated).contains("permessage-deflate");
            assertThat(socket.ask(repeated)).startsWith(repeated);
            assertThat(socket.session().getNegotiatedExtensions().getFirst().getParameters())
                    .as("no compressor is kept between messages")
                    .extracting(Extension.Parameter::getName)
                    .containsExactlyInAnyOrder("server_no_context_takeover", "client_no_context_takeover");
            socket.session().getBasicRemote().sendText("x".repeat(64 * 1024 + 1));
            assertThat(socket.closed())
                    .as("the limit is for what it expands to")
                    .isEqualTo(1009);
        }
    }

    /// Waits until the server has closed a connection that is as silent as the others.
    private static void awaitIdleTimeout(TestServer server) throws Exception {
        URI url = server.server().url();
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
                InputStream in = connection.getInputStream()) {
            connection.setSoTimeout(30_000);
            connection
                    .getOutputStream()
                    .write("GET /app/hello HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            in.readAllBytes();
        }
    }

    private TestServer echo(String settings) throws Exception {
        TestServer server = TestServer.in(home, settings);
        Archive.greeting("page").source("app.Echo", ECHO).jar(server.webapps().resolve("app.jar"));
        return server.start();
    }

    /// Jetty's client.
    private static final class Client implements AutoCloseable {
        private final JakartaWebSocketClientContainer container =
                new JakartaWebSocketClientContainer(new HttpClient(new HttpClientTransportOverHTTP()));

        Client() throws Exception {
            container.start();
        }

        Socket open(TestServer server, String path, String... extensions) throws Exception {
            BlockingQueue<String> messages = new LinkedBlockingQueue<>();
            BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
            Endpoint endpoint = new Endpoint() {
                @Override
                public void onOpen(Session session, EndpointConfig config) {
                    session.setMaxTextMessageBufferSize(1 << 20);
                    session.addMessageHandler(String.class, messages::add);
                }

                @Override
                public void onClose(Session session, CloseReason reason) {
                    closed.add(reason.getCloseCode().getCode());
                }
            };
            ClientEndpointConfig config = ClientEndpointConfig.Builder.create()
                    .extensions(List.of(extensions).stream()
                            .<Extension>map(it -> new JakartaWebSocketExtension(ExtensionConfig.parse(it)))
                            .toList())
                    .build();
            URI uri = URI.create("ws" + server.at(path).toString().substring(4));
            return new Socket(container.connectToServer(endpoint, config, uri), messages, closed);
        }

        @Override
        public void close() {
            LifeCycle.stop(container);
        }

        record Socket(Session session, BlockingQueue<String> messages, BlockingQueue<Integer> closes) {
            String ask(String text) throws Exception {
                session.getBasicRemote().sendText(text);
                String answer = messages.poll(30, TimeUnit.SECONDS);
                return answer == null ? "no answer, closed with " + closes.peek() : answer;
            }

            int closed() throws Exception {
                Integer code = closes.poll(30, TimeUnit.SECONDS);
                return code == null ? -1 : code;
            }
        }
    }
}
