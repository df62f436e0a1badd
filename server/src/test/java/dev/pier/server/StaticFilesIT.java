package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Static files with any names, in every form of application.
class StaticFilesIT {
    /// File names, and how clients write them.
    private static final Map<String, List<String>> NAMES = Map.of(
            "plain.txt", List.of("plain.txt", "%70lain.txt"),
            "日本.txt", List.of("%E6%97%A5%E6%9C%AC.txt", "%e6%97%a5%e6%9c%ac.txt"),
            "q?.txt", List.of("q%3F.txt", "q%3f.txt"),
            "[x].txt", List.of("%5Bx%5D.txt", "%5bx%5d.txt"),
            "a b.txt", List.of("a%20b.txt"),
            "plus+.txt", List.of("plus+.txt", "plus%2B.txt", "plus%2b.txt"),
            "s;.txt", List.of("s%3B.txt", "s%3b.txt"),
            "h#.txt", List.of("h%23.txt"),
            "(c)'!,$&=@:~.txt", List.of("(c)'!,$&=@:~.txt", "%28c%29%27%21%2C%24%26%3D%40%3A~.txt"),
            "folder/ü.txt", List.of("folder/%C3%BC.txt", "folder/%c3%bc.txt"));

    @TempDir
    Path home;

    @Test
    void filesOfEveryApplicationAreServedUnderAnyPathOfTheInstallation() throws Exception {
        try (TestServer server = TestServer.in(Files.createDirectories(home.resolve("ö")), "")) {
            Archive library = files("META-INF/resources/");
            Path jar = library.jar(home.resolve("library.jar"));
            files("").war(server.webapps().resolve("war.war"));
            files("").folder(server.webapps().resolve("folder"));
            files("META-INF/resources/").jar(server.webapps().resolve("jar.jar"));
            new Archive().library(jar).war(server.webapps().resolve("library.war"));
            server.start();

            SoftAssertions softly = new SoftAssertions();
            for (String application : new String[] {"war", "folder", "jar", "library"}) {
                softly.assertThat(server.get("/" + application + "/hello").body())
                        .as(application)
                        .isEqualTo("hi");
                NAMES.forEach((name, paths) ->
                        paths.forEach(path -> softly.assertThat(get(server, "/" + application + "/" + path))
                                .as(application + ": " + path)
                                .startsWith("HTTP/1.1 200 ")
                                .endsWith("content of " + name)));
            }
            softly.assertAll();
        }
    }

    @Test
    void unchangedFileIsNotSentAgainByAnyVersionOfTheApplication() throws Exception {
        try (TestServer server = TestServer.in(home, "webapps.cache-control = \"max-age=60\"")) {
            Path war = server.webapps().resolve("app.war");
            Archive.greeting("one")
                    .entry("page.txt", "same")
                    .entry("other.txt", "1")
                    .war(war);
            server.start();
            HttpResponse<String> page = server.get("/app/page.txt");
            String tag = page.headers().firstValue("ETag").orElseThrow();
            String other =
                    server.get("/app/other.txt").headers().firstValue("ETag").orElseThrow();
            assertThat(page.headers().firstValue("Cache-Control")).hasValue("max-age=60");
            assertThat(conditional(server, "/app/page.txt", tag).statusCode()).isEqualTo(304);
            assertThat(conditional(server, "/app/page.txt", other).body()).isEqualTo("same");

            Archive.greeting("two")
                    .entry("page.txt", "same")
                    .entry("other.txt", "2")
                    .war(war);
            server.awaitBody("/app/hello", "two");
            assertThat(conditional(server, "/app/page.txt", tag).statusCode()).isEqualTo(304);
            assertThat(conditional(server, "/app/other.txt", other).body()).isEqualTo("2");
        }
    }

    @Test
    void precompressedFileIsSentToClientsThatAcceptIt() throws Exception {
        try (TestServer server = TestServer.in(home, "")) {
            Archive.greeting("hi")
                    .entry("app.js", "plain")
                    .entry("app.js.gz", "as if compressed")
                    .war(server.webapps().resolve("app.war"));
            server.start();

            HttpResponse<String> plain = server.get("/app/app.js");
            HttpResponse<String> compressed =
                    server.send(HttpRequest.newBuilder(server.at("/app/app.js")).header("Accept-Encoding", "gzip"));
            assertThat(plain.body()).isEqualTo("plain");
            assertThat(compressed.body()).isEqualTo("as if compressed");
            assertThat(compressed.headers().firstValue("Content-Encoding")).hasValue("gzip");
            assertThat(compressed.headers().firstValue("Content-Type")).hasValue("text/javascript");
            assertThat(compressed.headers().firstValue("ETag"))
                    .isNotEqualTo(plain.headers().firstValue("ETag"));
        }
    }

    private static HttpResponse<String> conditional(TestServer server, String path, String tag) throws Exception {
        return server.send(HttpRequest.newBuilder(server.at(path)).header("If-None-Match", tag));
    }

    /// Sends the path as it is; the JDK's client refuses some that browsers send.
    private static String get(TestServer server, String path) {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.at("/").getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Archive files(String folder) {
        Archive archive = Archive.greeting("hi");
        NAMES.keySet().forEach(name -> archive.entry(folder + name, "content of " + name));
        return archive;
    }
}
