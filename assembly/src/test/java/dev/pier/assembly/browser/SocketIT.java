package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.Distribution;
import dev.pier.erlang.testing.Await;
import dev.pier.server.ApplicationServer;
import dev.pier.server.config.Configuration;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example of docs/websocket.md in two browsers.
class SocketIT {
    @TempDir
    Path home;

    @Test
    void pagesTalkThroughTheEndpointUntilItIsReplaced() throws Exception {
        Path jar = home.resolve("webapps/app.jar");
        Files.createDirectories(jar.getParent());
        deploy(jar);
        try (ApplicationServer server =
                new ApplicationServer(Configuration.parse("""
                http { host = 127.0.0.1, port = 0 }
                admin.port = 0
                webapps.scan-interval = 50 ms
                access-log.enabled = false
                """, home.resolve("conf")), List.of())) {
            server.start();
            try (Browser alice = Browser.open(server.url().resolve("/app/page.html"));
                    Browser bob = Browser.open(server.url().resolve("/app/page.html"))) {
                alice.awaitText("body", "hello");
                bob.awaitText("body", "hello");
                assertThat(bob.run("return socket.extensions")).asString().contains("permessage-deflate");

                String long64 = "grüße ".repeat(1000);
                bob.run("socket.send(arguments[0])", long64 + "end");
                alice.awaitText("body", "grüße end");
                alice.run("socket.send('from alice')");
                bob.awaitText("body", "from alice");

                assertThat(alice.errors()).isEmpty();
                String other = server.url().toString().replace("http://127.0.0.1", "ws://localhost");
                assertThat(alice.runAsync("""
                        const done = arguments[arguments.length - 1];
                        const foreign = new WebSocket(arguments[0] + 'app/room/lobby');
                        foreign.onopen = () => done('open');
                        foreign.onclose = event => done('closed with ' + event.code);
                        """, other))
                        .as("a page of another origin")
                        .isEqualTo("closed with 1006");

                alice.run("window.closes = []; socket.onclose = event => closes.push(event.code)");
                deploy(jar);
                Await.until(
                        "the close frame",
                        () -> alice.run("return String(closes)").equals("1012"));
            }
        }
    }

    /// Packs the endpoint and the page of the documentation.
    private static void deploy(Path jar) throws IOException {
        String documentation = Files.readString(Distribution.sources().resolve("docs/websocket.md"));
        String page = """
                <!DOCTYPE html>
                <html lang="en">
                <head><meta charset="utf-8"><title>Room</title><link rel="icon" href="data:,"></head>
                <body><p id="state"><span class="words">page</span></p>
                """ + block(documentation, "html");
        Path packed = Distribution.compileAndPack(
                "Room",
                block(documentation, "java"),
                Files.createTempDirectory("room").resolve("room.jar"));
        try (FileSystem content = FileSystems.newFileSystem(packed)) {
            Path resources = Files.createDirectories(content.getPath("META-INF/resources"));
            Files.writeString(resources.resolve("page.html"), page);
        }
        Distribution.put(packed, jar);
    }

    private static String block(String documentation, String language) {
        Matcher block = Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(documentation);
        assertThat(block.find()).as(language).isTrue();
        return block.group(1);
    }
}
