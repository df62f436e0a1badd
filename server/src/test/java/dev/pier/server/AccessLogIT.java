package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.http.HttpServer;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lines of the access log: `access-log { … }`.
class AccessLogIT {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @TempDir
    Path home;

    @Test
    void defaultLineHasNoQueryString() throws Exception {
        assertThat(lineFor(""))
                .matches("127\\.0\\.0\\.1 - - \\[[^]]+] \"GET /app/hello HTTP/1\\.1\" 200 2 \"-\" \".*\" \\d+");
    }

    @Test
    void formatIsASetting() throws Exception {
        assertThat(lineFor("access-log.format = \"%{server}a %m %U%q %s %{traceparent}i\""))
                .isEqualTo("127.0.0.1 GET /app/hello?secret=1 200 " + TRACE);
    }

    private String lineFor(String setting) throws Exception {
        try (LogLines log = LogLines.of(HttpServer.ACCESS_LOGGER, Level.INFO);
                TestServer server = TestServer.in(home, "access-log.enabled = true\n" + setting)) {
            Archive.greeting("hi").jar(server.webapps().resolve("app.jar"));
            server.start();
            server.send(HttpRequest.newBuilder(server.at("/app/hello?secret=1")).header("traceparent", TRACE));
            TestServer.await("the line", () -> !log.messages().isEmpty());
            return log.text();
        }
    }

    @Test
    void unknownCodeOfTheFormatIsRefused() {
        assertThatThrownBy(() -> TestServer.in(home, "access-log.format = \"%m %y\""))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        e -> assertThat(e.problems())
                                .singleElement()
                                .asString()
                                .contains("access-log.format", "\"%m %y\"", "CustomRequestLog"));
    }
}
