package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// WebSocket endpoints of applications: how they are found, created and filled.
class WebSocketIT {
    private static final String ECHO = """
            package app;
            import jakarta.websocket.*;
            import jakarta.websocket.server.*;
            @ServerEndpoint("/echo/{name}")
            public class Echo {
                @OnMessage
                public String echo(String text, @PathParam("name") String name) { return name + ": " + text; }
            }
            """;

    @TempDir
    Path home;

    private final TestPlugin plugin = new TestPlugin(
            context -> context.bind("test/greeting", StringBuilder.class, new StringBuilder("hello from the plugin")));

    @Test
    void annotatedEndpointAnswersInAWarAndInAJar() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("page")
                    .source("app.Echo", ECHO)
                    .war(server.webapps().resolve("war.war"));
            new Archive().source("app.Echo", ECHO).jar(server.webapps().resolve("jar.jar"));
            server.start();

            for (String app : new String[] {"war", "jar"}) {
                try (TestSocket socket = TestSocket.open(server, "/" + app + "/echo/me")) {
                    assertThat(socket.send("hi").next()).isEqualTo("me: hi");
                    assertThat(socket.send("again").next()).isEqualTo("me: again");
                }
            }
            assertThat(server.get("/war/hello").body()).isEqualTo("page");
        }
    }

    @Test
    void fieldsOfAnEndpointAreFilledAsThoseOfServlets() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .source("app.Base", """
                            package app;
                            public class Base {
                                @jakarta.inject.Inject private StringBuilder inherited;
                                protected String steps = "";
                                @jakarta.annotation.PostConstruct void first() { steps += inherited.length() + " "; }
                            }
                            """)
                    .source("app.Greeting", """
                            package app;
                            import jakarta.annotation.*;
                            import jakarta.websocket.*;
                            import jakarta.websocket.server.*;
                            @ServerEndpoint("/greeting")
                            public class Greeting extends Base {
                                @Resource(name = "test/greeting") private StringBuilder greeting;
                                @Resource(lookup = "java:comp/env/test/greeting") private StringBuilder lookedUp;
                                @PostConstruct void second() { steps += greeting; }
                                @OnOpen public void open(Session session) throws java.io.IOException {
                                    session.getBasicRemote().sendText(steps + " " + (greeting == lookedUp));
                                }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            try (TestSocket socket = TestSocket.open(server, "/app/greeting")) {
                assertThat(socket.next()).isEqualTo("21 hello from the plugin true");
            }
        }
    }

    @Test
    void endpointWhoseFieldsCannotBeFilledIsRefused() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            field("@jakarta.annotation.Resource(name = \"test/other\") StringBuilder it;")
                    .jar(server.webapps().resolve("name.jar"));
            field("@jakarta.annotation.Resource(name = \"test/greeting\") String it;")
                    .jar(server.webapps().resolve("type.jar"));
            field("@jakarta.inject.Inject Thread it;").jar(server.webapps().resolve("inject.jar"));
            server.start();

            assertThat(server.await("name.jar", FAILED).reason())
                    .isEqualTo(
                            "no @Resource(name = \"test/other\") for app.Filled.it; available: meters, test/greeting");
            assertThat(server.await("type.jar", FAILED).reason())
                    .isEqualTo("@Resource(name = \"test/greeting\") has the type java.lang.StringBuilder, but"
                            + " app.Filled.it has the type java.lang.String");
            assertThat(server.await("inject.jar", FAILED).reason())
                    .isEqualTo("no object of type java.lang.Thread to @Inject into app.Filled.it; available:"
                            + " meters, test/greeting");
        }
    }

    @Test
    void endpointsOfAServerApplicationConfigAreThoseItChooses() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .source("app.Echo", ECHO)
                    .source("app.Unchosen", """
                            package app;
                            @jakarta.websocket.server.ServerEndpoint("/unchosen")
                            public class Unchosen {}
                            """)
                    .source("app.Programmatic", PROGRAMMATIC)
                    .source("app.Choice", """
                            package app;
                            import java.util.Set;
                            import jakarta.websocket.*;
                            import jakarta.websocket.server.*;
                            public class Choice implements ServerApplicationConfig {
                                @Override
                                public Set<ServerEndpointConfig> getEndpointConfigs(Set<Class<? extends Endpoint>> found) {
                                    return Set.of(ServerEndpointConfig.Builder.create(
                                            found.iterator().next(), "/programmatic").build());
                                }
                                @Override
                                public Set<Class<?>> getAnnotatedEndpointClasses(Set<Class<?>> found) {
                                    return Set.of(Echo.class);
                                }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            try (TestSocket socket = TestSocket.open(server, "/app/echo/me")) {
                assertThat(socket.send("hi").next()).isEqualTo("me: hi");
            }
            assertProgrammatic(server, "/app/programmatic");
            assertThat(TestSocket.refused(server, "/app/unchosen", _ -> {})).isEqualTo(404);
        }
    }

    @Test
    void applicationAddsEndpointsAtItsStart() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .source("app.Programmatic", PROGRAMMATIC)
                    .source("app.Start", """
                            package app;
                            import jakarta.servlet.*;
                            import jakarta.websocket.server.*;
                            @jakarta.servlet.annotation.WebListener
                            public class Start implements ServletContextListener {
                                @Override public void contextInitialized(ServletContextEvent event) {
                                    ServerContainer container = (ServerContainer) event.getServletContext()
                                            .getAttribute("jakarta.websocket.server.ServerContainer");
                                    try {
                                        container.addEndpoint(ServerEndpointConfig.Builder.create(
                                                Programmatic.class, "/added").build());
                                    } catch (jakarta.websocket.DeploymentException e) {
                                        throw new IllegalStateException(e);
                                    }
                                }
                            }
                            """)
                    .servlet("app.Upgrade", "/upgrade/*", """
                            try {
                                ((jakarta.websocket.server.ServerContainer) getServletContext()
                                        .getAttribute("jakarta.websocket.server.ServerContainer"))
                                        .upgradeHttpToWebSocket(request, response,
                                                jakarta.websocket.server.ServerEndpointConfig.Builder.create(
                                                        Programmatic.class, "/none").build(),
                                                java.util.Map.of());
                            } catch (jakarta.websocket.DeploymentException e) {
                                throw new ServletException(e);
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertProgrammatic(server, "/app/added");
            assertProgrammatic(server, "/app/upgrade/here");
            assertThat(TestSocket.refused(
                            server, "/app/upgrade/here", it -> it.header("Origin", "http://evil.example")))
                    .isEqualTo(403);
        }
    }

    @Test
    void encodersAndDecodersAreFilledToo() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .source("app.Point", "package app; public record Point(int x, int y) {}")
                    .source("app.Writer", """
                            package app;
                            import jakarta.websocket.*;
                            public class Writer implements Encoder.Text<Point> {
                                @jakarta.annotation.Resource(name = "test/greeting") StringBuilder greeting;
                                @Override public String encode(Point point) {
                                    return greeting + " " + point.x() + ";" + point.y();
                                }
                            }
                            """)
                    .source("app.Reader", """
                            package app;
                            import jakarta.websocket.*;
                            public class Reader implements Decoder.Text<Point> {
                                @Override public Point decode(String text) throws DecodeException {
                                    try {
                                        String[] parts = text.split(";");
                                        return new Point(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
                                    } catch (RuntimeException e) {
                                        throw new DecodeException(text, "not a point", e);
                                    }
                                }
                                @Override public boolean willDecode(String text) { return true; }
                            }
                            """)
                    .source("app.Swap", """
                            package app;
                            import jakarta.websocket.*;
                            import jakarta.websocket.server.*;
                            @ServerEndpoint(value = "/swap", encoders = Writer.class, decoders = Reader.class)
                            public class Swap {
                                @OnMessage public Point swap(Point point) { return new Point(point.y(), point.x()); }
                                @OnError public void error(Session session, Throwable error) throws Exception {
                                    session.getBasicRemote().sendText(error.getClass().getSimpleName());
                                }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            try (TestSocket socket = TestSocket.open(server, "/app/swap")) {
                assertThat(socket.send("1;2").next()).isEqualTo("hello from the plugin 2;1");
                assertThat(socket.send("one").next()).isEqualTo("DecodeException");
                assertThat(socket.closed().code()).isEqualTo(1003);
            }
        }
    }

    @Test
    void configuratorsAreFilledAndMayCreateTheInstances() throws Exception {
        try (TestServer server = TestServer.in(home, "", plugin)) {
            new Archive()
                    .source("app.Own", """
                            package app;
                            import jakarta.websocket.*;
                            import jakarta.websocket.server.*;
                            @ServerEndpoint(value = "/own", configurator = Own.Factory.class)
                            public class Own {
                                private final String name;
                                @jakarta.inject.Inject StringBuilder injected;
                                @jakarta.annotation.PreDestroy void never() { throw new IllegalStateException(); }
                                public Own(String name) { this.name = name; }
                                @OnMessage public String text(String text) { return name + ", " + injected; }
                                public static class Factory extends ServerEndpointConfig.Configurator {
                                    @jakarta.annotation.Resource(name = "test/greeting") StringBuilder greeting;
                                    @Override public <T> T getEndpointInstance(Class<T> type) {
                                        return type.cast(new Own("made with " + greeting.length()));
                                    }
                                }
                            }
                            """)
                    .source("app.Inherited", """
                            package app;
                            import jakarta.websocket.*;
                            import jakarta.websocket.server.*;
                            @ServerEndpoint(value = "/inherited", configurator = Inherited.Factory.class)
                            public class Inherited {
                                String name;
                                @jakarta.annotation.Resource(name = "test/greeting") StringBuilder greeting;
                                @OnMessage public String text(String text, Session session) {
                                    return name + ", " + greeting + ", " + session.getUserProperties().get("user");
                                }
                                public static class Factory extends ServerEndpointConfig.Configurator {
                                    @Override public <T> T getEndpointInstance(Class<T> type)
                                            throws InstantiationException {
                                        T instance = super.getEndpointInstance(type);
                                        ((Inherited) instance).name = "named";
                                        return instance;
                                    }
                                    @Override public void modifyHandshake(ServerEndpointConfig config,
                                            HandshakeRequest request, HandshakeResponse response) {
                                        config.getUserProperties().put("user",
                                                request.getParameterMap().get("user").get(0));
                                    }
                                }
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            try (TestSocket socket = TestSocket.open(server, "/app/own")) {
                assertThat(socket.send("").next()).isEqualTo("made with 21, hello from the plugin");
            }
            try (TestSocket socket = TestSocket.open(server, "/app/inherited?user=joe")) {
                assertThat(socket.send("").next()).isEqualTo("named, hello from the plugin, joe");
            }
        }
    }

    @Test
    void applicationConnectsToOtherServers() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .source("app.Echo", ECHO)
                    .source("app.Client", """
                            package app;
                            import java.util.concurrent.SynchronousQueue;
                            import jakarta.websocket.*;
                            @ClientEndpoint
                            public class Client {
                                final SynchronousQueue<String> messages = new SynchronousQueue<>();
                                @OnMessage public void message(String text) throws InterruptedException {
                                    messages.put(text);
                                }
                            }
                            """)
                    .servlet("app.Ask", "/ask", """
                            Client client = new Client();
                            try (jakarta.websocket.Session session = jakarta.websocket.ContainerProvider
                                    .getWebSocketContainer().connectToServer(client, java.net.URI.create(
                                            "ws://localhost:" + request.getLocalPort() + "/app/echo/servlet"))) {
                                session.getBasicRemote().sendText("hi");
                                response.getWriter().print(client.messages.take());
                            } catch (InterruptedException | jakarta.websocket.DeploymentException e) {
                                throw new ServletException(e);
                            }
                            """)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();

            assertThat(server.get("/app/ask").body()).isEqualTo("servlet: hi");
        }
    }

    @Test
    void malformedEndpointsAreRefusedInOneSentence() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive()
                    .source(
                            "app.One",
                            "package app; @jakarta.websocket.server.ServerEndpoint(\"/same\") public class One {}")
                    .source(
                            "app.Two",
                            "package app; @jakarta.websocket.server.ServerEndpoint(\"/same\") public class Two {}")
                    .jar(server.webapps().resolve("same.jar"));
            new Archive()
                    .source(
                            "app.Hidden",
                            "package app; @jakarta.websocket.server.ServerEndpoint(\"/x\") class Hidden {}")
                    .jar(server.webapps().resolve("hidden.jar"));
            new Archive()
                    .source(
                            "app.Argument",
                            "package app; @jakarta.websocket.server.ServerEndpoint(\"/x\") public class Argument {"
                                    + " public Argument(int x) {} }")
                    .jar(server.webapps().resolve("argument.jar"));
            server.start();

            assertThat(server.await("same.jar", FAILED).reason()).isEqualTo("two endpoints have the path /same");
            assertThat(server.await("hidden.jar", FAILED).reason())
                    .isEqualTo("app.Hidden is an endpoint, but not public");
            assertThat(server.await("argument.jar", FAILED).reason())
                    .isEqualTo("app.Argument is an endpoint, but has no public constructor without parameters");
        }
    }

    @Test
    void applicationFailureIsNotToldToTheClient() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            new Archive().source("app.Fail", """
                            package app;
                            @jakarta.websocket.server.ServerEndpoint("/fail")
                            public class Fail {
                                @jakarta.websocket.OnOpen public void open() {
                                    throw new IllegalStateException("the password is secret");
                                }
                            }
                            """).jar(server.webapps().resolve("app.jar"));
            server.start();

            try (TestSocket socket = TestSocket.open(server, "/app/fail")) {
                assertThat(socket.closed()).isEqualTo(new TestSocket.Close(1011, ""));
            }
        }
    }

    private static final String PROGRAMMATIC = """
            package app;
            import jakarta.websocket.*;
            public class Programmatic extends Endpoint {
                @jakarta.annotation.Resource(name = "test/greeting") private StringBuilder greeting;
                @Override public void onOpen(Session session, EndpointConfig config) {
                    session.addMessageHandler(String.class,
                            text -> session.getAsyncRemote().sendText(greeting + " " + text));
                }
            }
            """;

    private static void assertProgrammatic(TestServer server, String path) throws Exception {
        try (TestSocket socket = TestSocket.open(server, path)) {
            assertThat(socket.send("hi").next()).isEqualTo("hello from the plugin hi");
        }
    }

    private static Archive field(String field) {
        return new Archive().source("app.Filled", """
                package app;
                @jakarta.websocket.server.ServerEndpoint("/filled")
                public class Filled { %s }
                """.formatted(field));
    }
}
