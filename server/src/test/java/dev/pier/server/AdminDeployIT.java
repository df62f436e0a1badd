package dev.pier.server;

import static dev.pier.server.webapp.AppStatus.State.DEPLOYED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Deployments over the admin port. The folder is scanned once an hour, so only the port can cause them.
class AdminDeployIT {
    private static final String SETTINGS = "admin.token-file = admin.token\nwebapps.scan-interval = 1 hour\n";

    @TempDir
    Path home;

    private HttpResponse<String> send(TestServer server, String method, String name, BodyPublisher body)
            throws Exception {
        return server.send(HttpRequest.newBuilder(server.server().adminUrl().resolve("/applications/" + name))
                .header("Authorization", "Bearer " + token())
                .method(method, body));
    }

    private String token() throws IOException {
        return Files.readString(home.resolve("conf/admin.token")).strip();
    }

    private HttpResponse<String> put(TestServer server, String name, Path archive) throws Exception {
        return send(server, "PUT", name, BodyPublishers.ofFile(archive));
    }

    private HttpResponse<String> send(TestServer server, String method, String name) throws Exception {
        return send(server, method, name, BodyPublishers.noBody());
    }

    private Path archive(String greeting) throws Exception {
        Path jar = home.resolve(greeting + ".jar");
        Archive.greeting(greeting).jar(jar);
        return jar;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("webapps"))) {
            return files.skip(1)
                    .map(file -> home.resolve("webapps").relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void anArchiveIsDeployedReplacedStartedAnewAndRemoved() throws Exception {
        try (TestServer server = TestServer.started(home, SETTINGS)) {
            HttpResponse<String> first = put(server, "shop.jar", archive("one"));
            assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
            assertThat(first.body()).contains("\"state\":\"deployed\"").contains("\"path\":\"/shop\"");
            assertThat(server.get("/shop/hello").body()).isEqualTo("one");
            assertThat(files()).containsExactly("shop.jar");

            assertThat(put(server, "shop.jar", archive("two")).statusCode()).isEqualTo(200);
            assertThat(server.get("/shop/hello").body()).isEqualTo("two");

            Instant since = server.status("shop.jar").orElseThrow().since();
            assertThat(send(server, "POST", "shop").statusCode()).isEqualTo(200);
            assertThat(server.status("shop.jar").orElseThrow().since()).isAfter(since);
            assertThat(server.get("/shop/hello").body()).isEqualTo("two");

            HttpResponse<String> removed = send(server, "DELETE", "shop");
            assertThat(removed.statusCode()).as(removed.body()).isEqualTo(200);
            assertThat(removed.body()).contains("undeployed");
            assertThat(server.get("/shop/hello").statusCode()).isEqualTo(404);
            assertThat(files()).isEmpty();
            assertThat(send(server, "DELETE", "shop").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void anApplicationThatFailsSaysWhyAndLeavesTheOldOne() throws Exception {
        Path good = home.resolve("good.war");
        Archive.greeting("one").war(good);
        Path broken = home.resolve("broken.war");
        new Archive().entry("WEB-INF/web.xml", "<broken").war(broken);
        try (TestServer server = TestServer.started(home, SETTINGS)) {
            put(server, "shop.war", good);
            HttpResponse<String> failed = put(server, "shop.war", broken);
            assertThat(failed.statusCode()).as(failed.body()).isEqualTo(422);
            assertThat(failed.body()).contains("malformed descriptor").contains("failed, old version serving");
            assertThat(server.get("/shop/hello").body()).isEqualTo("one");

            HttpResponse<String> half =
                    send(server, "PUT", "half.war", BodyPublishers.ofByteArray(half(archive("half"))));
            assertThat(half.statusCode()).as(half.body()).isEqualTo(422);
            assertThat(half.body()).contains("no complete archive");
            assertThat(files()).containsExactly("shop.war");
        }
    }

    private static byte[] half(Path archive) throws IOException {
        byte[] whole = Files.readAllBytes(archive);
        return Arrays.copyOf(whole, whole.length / 2);
    }

    @Test
    void aPathOfAnotherApplicationAndAnArchiveThatIsTooLargeAreRefused() throws Exception {
        try (TestServer server = TestServer.started(home, SETTINGS + "webapps.max-size = 1 MiB\n")) {
            put(server, "shop.jar", archive("one"));
            HttpResponse<String> taken = put(server, "shop.war", archive("two"));
            assertThat(taken.statusCode()).isEqualTo(409);
            assertThat(taken.body()).contains("shop.jar");

            byte[] large = new byte[1024 * 1024 + 1];
            HttpResponse<String> known = send(server, "PUT", "big.war", BodyPublishers.ofByteArray(large));
            assertThat(known.statusCode()).isEqualTo(413);
            BodyPublisher unknown = BodyPublishers.ofByteArrays(List.of(large));
            HttpResponse<String> chunked = send(server, "PUT", "big.war", BodyPublishers.fromPublisher(unknown));
            assertThat(chunked.statusCode()).isEqualTo(413);
            assertThat(chunked.body()).contains("webapps.max-size");
            assertThat(files()).containsExactly("shop.jar");
        }
    }

    @Test
    void aClientThatIsStillSendingSeesThatItsArchiveIsRefused() throws Exception {
        try (TestServer server = TestServer.started(home, SETTINGS + "webapps.max-size = 1 MiB\n");
                Socket socket = new Socket(
                        server.server().adminUrl().getHost(),
                        server.server().adminUrl().getPort())) {
            socket.setSoTimeout(10_000);
            int half = 600_000;
            String head = "PUT /applications/big.war HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token()
                    + "\r\nContent-Length: " + 2 * half + "\r\n\r\n";
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[half]);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(in.readLine()).startsWith("HTTP/1.1 413 ");
            out.write(new byte[half]);
            out.write("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(in.lines())
                    .as("the rest was discarded, and the next request is answered")
                    .anyMatch(line -> line.contains("HTTP/1.1 200 "));
        }
    }

    @Test
    void aFolderAndTheTargetOfALinkStay() throws Exception {
        Files.createDirectories(home.resolve("webapps/site"));
        Files.writeString(home.resolve("webapps/site/index.html"), "hello");
        Path real = archive("linked");
        Files.createSymbolicLink(home.resolve("webapps/link.jar"), real);
        try (TestServer server = TestServer.started(home, SETTINGS)) {
            assertThat(send(server, "DELETE", "site").statusCode()).isEqualTo(409);
            assertThat(server.get("/site/").body()).isEqualTo("hello");
            assertThat(send(server, "POST", "site").statusCode()).isEqualTo(200);
            assertThat(send(server, "DELETE", "link").statusCode()).isEqualTo(200);
            assertThat(real).exists();
        }
    }

    @Test
    void withoutScansNothingIsDeployed() throws Exception {
        try (TestServer server =
                TestServer.started(home, "admin.token-file = admin.token\nwebapps.scan-interval = 0 s\n")) {
            assertThat(put(server, "shop.jar", archive("one")).statusCode()).isEqualTo(409);
        }
    }

    /// The names that could leave the folder, or hide in it, with the token, in each operation.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../escape.war",
                "..%2Fescape.war",
                "%2e%2e%2fescape.war",
                "%2E%2E/escape.war",
                "..;/escape.war",
                "escape.war;x=1",
                "a/../../escape.war",
                "/tmp/escape.war",
                "%2Ftmp%2Fescape.war",
                "%5Cescape.war",
                "..%5Cescape.war",
                ".escape.war",
                "a%00.war",
                "a%0a.war",
                "a%23..%23escape.war",
                "a%23...war",
                "a%23%23escape.war",
                "%23escape.war",
                ".war",
                "escape.txt",
                "escape.war%20",
                "escape.war/",
                "%65scape.war",
                "keep.war/../escape.war"
            })
    void noNameLeavesTheFolder(String name) throws Exception {
        Path archive = archive("escape");
        try (TestServer server = TestServer.started(home, SETTINGS)) {
            put(server, "keep.war", archive("keep"));
            List<Path> before = everything();
            byte[] body = Files.readAllBytes(archive);
            for (String method : List.of("PUT", "DELETE", "POST")) {
                String response = raw(server, method + " /applications/" + name, body);
                assertThat(response).as(method).matches("(?s)HTTP/1.1 (400|404) .*");
            }
            assertThat(everything()).isEqualTo(before);
            assertThat(server.await("keep.war", DEPLOYED).file()).isEqualTo("keep.war");
            assertThat(Path.of("/tmp/escape.war")).doesNotExist();
        }
    }

    private List<Path> everything() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> !file.startsWith(home.resolve("work")))
                    .sorted()
                    .toList();
        }
    }

    private String raw(TestServer server, String request, byte[] body) throws IOException {
        int port = server.server().adminUrl().getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write((request + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\nContent-Length: "
                            + body.length + "\r\nAuthorization: Bearer " + token() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
