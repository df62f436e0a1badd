package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// The log of sockets that end with an error.
class WebSocketErrorsIT {
    private static final String ENDPOINT = """
            package app;
            import jakarta.websocket.*;
            import jakarta.websocket.server.*;
            @ServerEndpoint("/end")
            public class End {
                @OnMessage public void text(String text, Session session) throws java.io.IOException {
                    if (text.equals("throw")) throw new IllegalStateException("out of order");
                    int code = Integer.parseInt(text);
                    session.close(new CloseReason(() -> code, "as agreed"));
                }
            }
            """;

    @TempDir
    Path home;

    @Test
    void exceptionsOfEndpointsAreLoggedAndCloseCodesAreNot() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.pier.server.websocket");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("page")
                    .source("app.End", ENDPOINT)
                    .jar(server.webapps().resolve("app.jar"));
            server.start();
            for (int code : new int[] {1000, 1008, 1011, 1013, 4000}) {
                try (TestSocket socket = TestSocket.open(server, "/app/end")) {
                    assertThat(socket.send(Integer.toString(code)).closed().code())
                            .isEqualTo(code);
                }
            }
            try (TestSocket socket = TestSocket.open(server, "/app/end")) {
                assertThat(socket.send("throw").closed().code()).isEqualTo(1011);
            }
            TestServer.await("the warning", () -> !warnings(lines).isEmpty());
            assertThat(warnings(lines))
                    .singleElement()
                    .satisfies(it -> assertThat(it.getFormattedMessage()).isEqualTo("The endpoint app.End has failed"));
        } finally {
            logger.detachAppender(lines);
        }
    }

    private static List<ILoggingEvent> warnings(ListAppender<ILoggingEvent> lines) {
        return List.copyOf(lines.list).stream()
                .filter(it -> it.getLevel().isGreaterOrEqual(Level.WARN))
                .toList();
    }
}
