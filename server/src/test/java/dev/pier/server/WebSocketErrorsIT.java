package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        try (LogLines log = LogLines.of("dev.pier.server.websocket");
                TestServer server = TestServer.in(home, "")) {
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
            TestServer.await("the warning", () -> !log.warnings().isEmpty());
            assertThat(log.warnings()).containsExactly("The endpoint app.End has failed");
        }
    }
}
