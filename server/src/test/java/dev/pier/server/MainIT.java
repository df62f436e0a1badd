package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.systemd.NotifyReceiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The server as a separate process, as an operator runs it.
class MainIT {
    @TempDir
    Path home;

    private Path conf = Path.of("");
    private Path outputFile = Path.of("");

    @BeforeEach
    void makeHome() throws Exception {
        Files.createDirectories(home.resolve("conf"));
        Files.createDirectories(home.resolve("webapps"));
        conf = home.resolve("conf/server.conf");
        outputFile = home.resolve("output.txt");
        Files.writeString(conf, "http.host = 127.0.0.1\n");
    }

    @Test
    void sigtermFinishesTheRequestInFlightAndExitsWith143() throws Exception {
        Path entered = home.resolve("entered");
        new Archive()
                .servlet("app.Slow", "/slow", """
                        try {
                            java.nio.file.Files.createFile(java.nio.file.Path.of("%s"));
                            while (!java.nio.file.Files.exists(java.nio.file.Path.of("%s"))) { Thread.sleep(20); }
                            response.getWriter().print("done");
                        } catch (InterruptedException e) {
                            throw new ServletException(e);
                        }
                        """.formatted(entered, home.resolve("release")))
                .jar(home.resolve("webapps/app.jar"));
        Path ready = home.resolve("ready");
        Process server = pier(
                "run", "--conf", conf.toString(), "--port", "0", "--admin-port", "0", "--ready-file", ready.toString());
        try (HttpClient client = HttpClient.newHttpClient()) {
            TestServer.await("the server is ready", () -> Files.exists(ready) || !server.isAlive());
            assertThat(server.isAlive()).as(() -> output()).isTrue();
            Properties addresses = addresses(ready);
            assertThat(addresses).containsEntry("pid", String.valueOf(server.pid()));
            assertThat(get(client, addresses.getProperty("admin") + "health/ready")
                            .statusCode())
                    .isEqualTo(200);
            CompletableFuture<HttpResponse<String>> inFlight = client.sendAsync(
                    HttpRequest.newBuilder(URI.create(addresses.getProperty("url") + "app/slow"))
                            .build(),
                    BodyHandlers.ofString());
            TestServer.await("the request is in flight", () -> Files.exists(entered));

            server.destroy();
            TestServer.await("the ready file is deleted", () -> !Files.exists(ready));
            assertThat(server.isAlive()).isTrue();
            Files.createFile(home.resolve("release"));

            assertThat(inFlight.get().body()).isEqualTo("done");
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isEqualTo(143);
            assertThat(output())
                    .contains("is ready on " + addresses.getProperty("url"))
                    .contains("1 application in");
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void theEndOfTheInputStopsTheServerIfAsked() throws Exception {
        Path ready = home.resolve("ready");
        Process server = pier(
                "run",
                "--conf",
                conf.toString(),
                "--port",
                "0",
                "--admin-port",
                "0",
                "--ready-file",
                ready.toString(),
                "--stop-at-eof");
        try {
            TestServer.await("the server is ready", () -> Files.exists(ready) || !server.isAlive());
            assertThat(server.isAlive()).as(() -> output()).isTrue();

            server.getOutputStream().close();
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isZero();
            assertThat(output()).contains("Pier has stopped");
            assertThat(ready).doesNotExist();
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void systemdIsToldOfTheStartAndTheStop() throws Exception {
        String name = "@pier/" + UUID.randomUUID();
        try (NotifyReceiver systemd = new NotifyReceiver(name)) {
            Process server = pier(
                    Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "200000"),
                    "run",
                    "--conf",
                    conf.toString(),
                    "--port",
                    "0",
                    "--admin-port",
                    "0",
                    "--set",
                    "http.shutdown-timeout=7 s");
            try {
                String ready = systemd.next();
                assertThat(ready).startsWith("READY=1 | STATUS=Serving on http://127.0.0.1:");
                String status = ready.substring(ready.indexOf("STATUS="));
                try (HttpClient client = HttpClient.newHttpClient()) {
                    String url = status.substring(status.indexOf("http:"));
                    assertThat(get(client, url + "missing").statusCode()).isEqualTo(404);
                }
                assertThat(systemd.next()).isEqualTo("WATCHDOG=1 | " + status);

                server.destroy();
                String message = systemd.next();
                while (message.startsWith("WATCHDOG=1")) {
                    message = systemd.next();
                }
                assertThat(message).isEqualTo("STOPPING=1 | STATUS=Stopping | EXTEND_TIMEOUT_USEC=67000000");
                assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(output()).doesNotContain("Cannot notify", "WARNING");
            } finally {
                server.destroyForcibly();
            }
        }
    }

    @Test
    void logConfigurationOfTheServerDoesNotReachApplications() throws Exception {
        new Archive()
                .servlet(
                        "app.Show",
                        "/show",
                        "response.getWriter().print(System.getProperty(\"logback.configurationFile\"));")
                .jar(home.resolve("webapps/app.jar"));
        Path ready = home.resolve("ready");
        Process server = pier(
                "run", "--conf", conf.toString(), "--port", "0", "--admin-port", "0", "--ready-file", ready.toString());
        try (HttpClient client = HttpClient.newHttpClient()) {
            TestServer.await("the server is ready", () -> Files.exists(ready) || !server.isAlive());
            String url = addresses(ready).getProperty("url");
            assertThat(get(client, url + "app/show?token=hush").body()).isEqualTo("null");
            Path log = home.resolve("logs/access.log");
            TestServer.await("the access log", () -> Files.exists(log) && Files.size(log) > 0);
            assertThat(Files.readString(log)).contains("\"GET /app/show HTTP/").doesNotContain("hush");
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void nameThatTheLocaleCannotWriteFailsItsApplicationAlone() throws Exception {
        Archive.pack(home.resolve("webapps/a.war"), Map.of("日本.txt", new byte[] {'x'}));
        Archive.greeting("fine")
                .entry("META-INF/resources/日本.txt", "served")
                .entry("META-INF/resources/[q?].txt", "served")
                .jar(home.resolve("webapps/b.jar"));
        Path ready = home.resolve("ready");
        Process server = pier(
                Map.of("LC_ALL", "C"),
                "run",
                "--conf",
                conf.toString(),
                "--port",
                "0",
                "--admin-port",
                "0",
                "--ready-file",
                ready.toString());
        try (HttpClient client = HttpClient.newHttpClient()) {
            TestServer.await("the server is ready", () -> Files.exists(ready) || !server.isAlive());
            String url = addresses(ready).getProperty("url");
            assertThat(get(client, url + "b/%E6%97%A5%E6%9C%AC.txt").body()).isEqualTo("served");
            assertThat(get(client, url + "b/%5Bq%3F%5D.txt").body()).isEqualTo("served");
            assertThat(output())
                    .contains("Cannot deploy a.war: archive entry '")
                    .contains("(Java writes file names in ANSI_X3.4-1968, from the locale)")
                    .contains("Deployed b.jar")
                    .contains("1 application, 1 failed");
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void invalidConfigurationIsListedAndExitsWith78() throws Exception {
        Files.writeString(conf, "http { prot = 80, idle-timeout = 5 }\nwepapps.folder = x\n");
        assertThat(exitCode("run", "--conf", conf.toString())).isEqualTo(78);
        assertThat(output())
                .contains(conf + ":1: http.prot: unknown setting (did you mean port?)")
                .contains(conf + ":1: http.idle-timeout: invalid value \"5\": expected a duration with a unit")
                .contains(conf + ":2: wepapps: unknown setting (did you mean webapps?)")
                .doesNotContain("Exception");
    }

    @Test
    void missingConfigurationExitsWith78() throws Exception {
        assertThat(exitCode("run", "--conf", home.resolve("none.conf").toString()))
                .isEqualTo(78);
        assertThat(output()).contains("none.conf: file not found").contains("--conf");
    }

    @Test
    void portInUseExitsWith1AndAMessage() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(exitCode(
                            "run", "--conf", conf.toString(), "--admin-port", "0", "--port", "" + taken.getLocalPort()))
                    .isEqualTo(1);
            assertThat(output())
                    .contains("Pier cannot start: cannot listen on 127.0.0.1:" + taken.getLocalPort() + " (http.port)")
                    .doesNotContain("Exception");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http.host = nix.invalid          | cannot listen on nix.invalid: the host has no address (http.host)
            admin.host = nix.invalid         | cannot listen on nix.invalid: the host has no address (admin.host)
            webapps.folder = "/proc/nix"     | cannot create the folder of the applications (webapps.folder):
            webapps.work = "/proc/nix/work"  | cannot create the work folder (webapps.work):
            """)
    void problemOfTheMachineIsASentence(String setting, String sentence) throws Exception {
        Files.writeString(conf, "http.host = 127.0.0.1\n" + setting + "\n");
        assertThat(exitCode("run", "--conf", conf.toString(), "--admin-port", "0", "--port", "0"))
                .isEqualTo(1);
        assertThat(output()).contains("Pier cannot start: " + sentence);
    }

    @Test
    void invalidCommandLineExitsWith2() throws Exception {
        assertThat(exitCode("run", "--prot", "1")).isEqualTo(2);
        assertThat(output()).contains("--port");
    }

    @Test
    void checkPrintsTheEffectiveSettings() throws Exception {
        Files.writeString(conf, "http { port = 8080, port = ${?HTTP_PORT}, idle-timeout = 10s }\n");
        assertThat(exitCode(
                        Map.of("HTTP_PORT", "9001", "PIER_SET_http_head__timeout", "7 s", "PIER_SET_admin_port", "76"),
                        "check",
                        "--conf",
                        conf.toString(),
                        "--admin-port",
                        "77",
                        "--set",
                        "webapps.folder=a=b",
                        "--set",
                        "websocket.origins=[\"https://one.example\", \"https://two.example\"]"))
                .isZero();
        assertThat(output())
                .contains("http.head-timeout = 7 s    # environment variable PIER_SET_http_head__timeout")
                .contains("/a=b    # command line, webapps.folder")
                .contains("websocket.origins = https://one.example, https://two.example    # command line")
                .contains("http.port = 9001    # environment variable HTTP_PORT")
                .contains("http.idle-timeout = 10 s    # " + conf + ":1")
                .contains("http.max-request-body = 8 MiB    # default")
                .contains("admin.port = 77    # command line, admin.port");
    }

    @Test
    void versionPrintsTheVersion() throws Exception {
        assertThat(exitCode("version")).isZero();
        assertThat(output()).matches("(?s)Pier \\d+\\.\\d+\\.\\d+\\S* \\(Java 2\\d.*");
    }

    private static Properties addresses(Path ready) throws Exception {
        Properties addresses = new Properties();
        try (var in = Files.newBufferedReader(ready)) {
            addresses.load(in);
        }
        return addresses;
    }

    private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private int exitCode(String... arguments) throws Exception {
        return exitCode(Map.of(), arguments);
    }

    private int exitCode(Map<String, String> environment, String... arguments) throws Exception {
        Process process = pier(environment, arguments);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private Process pier(String... arguments) throws Exception {
        return pier(Map.of(), arguments);
    }

    private Process pier(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx128m");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-Djava.net.preferIPv4Stack=true");
        // The log configuration of an installation: the log goes to standard output.
        command.add("-Dlogback.configurationFile="
                + Path.of("../conf/logback.xml").toAbsolutePath().normalize());
        command.add("-cp");
        command.add(TestServer.classPath());
        command.add("dev.pier.server.Main");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(outputFile.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("PIER_LOGS", home.resolve("logs").toString());
        return builder.start();
    }

    private String output() {
        try {
            return Files.readString(outputFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
