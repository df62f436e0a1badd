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
                    .isEqualTo("no @Resource(name = \"test/other\") for app.Filled.it; available: test/greeting");
            assertThat(server.await("type.jar", FAILED).reason())
                    .isEqualTo("@Resource(name = \"test/greeting\") has the type java.lang.StringBuilder, but"
                            + " app.Filled.it has the type java.lang.String");
            assertThat(server.await("inject.jar", FAILED).reason())
                    .isEqualTo("no object of type java.lang.Thread to @Inject into app.Filled.it; available:"
                            + " test/greeting");
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
