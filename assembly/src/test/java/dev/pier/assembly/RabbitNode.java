package dev.pier.assembly;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A RabbitMQ with its management plugin, on the loopback interface: a real application of Cowboy. It has a node name,
/// a cookie, ports and data of its own, and no listener of AMQP.
///
/// The system property `pier.reach.rabbitmq` names the folder into which Debian's package `rabbitmq-server` was
/// unpacked.
/// `bin/test --reach` sets it.
public final class RabbitNode implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2);
    private static final String COOKIE = "RABBITREACH";

    private final String node = TestHost.nodeName(TestHost.uniqueName("rabbit"));
    private final int port;
    private final Path home;
    private final Process process;

    private RabbitNode(Path home) throws IOException {
        this.home = home;
        this.port = freePort();
        Files.writeString(home.resolve("enabled_plugins"), "[rabbitmq_management].\n");
        Files.writeString(home.resolve("rabbitmq.conf"), """
                listeners.tcp = none
                management.tcp.ip = 127.0.0.1
                management.tcp.port = %d
                """.formatted(port));
        Path cookie = Files.writeString(cookieFile(), COOKIE);
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
        ProcessBuilder builder = new ProcessBuilder(program().toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("output").toFile());
        builder.environment()
                .putAll(Map.of(
                        "HOME", home.toString(),
                        "RABBITMQ_NODENAME", node,
                        "RABBITMQ_MNESIA_BASE", home.resolve("mnesia").toString(),
                        "RABBITMQ_LOG_BASE", home.resolve("log").toString(),
                        "RABBITMQ_ENABLED_PLUGINS_FILE",
                                home.resolve("enabled_plugins").toString(),
                        "RABBITMQ_CONFIG_FILE", home.resolve("rabbitmq.conf").toString(),
                        "RABBITMQ_CONF_ENV_FILE", home.resolve("no-such-file").toString(),
                        "RABBITMQ_DIST_PORT", Integer.toString(freePort()),
                        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}",
                        "ERL_EPMD_PORT", Integer.toString(TestEpmd.port())));
        process = builder.start();
    }

    /// Starts one, and waits until its management answers.
    public static RabbitNode start(Path home) throws IOException {
        RabbitNode rabbit = new RabbitNode(home);
        try {
            Await.until("the management of RabbitMQ", START, rabbit::answers);
            return rabbit;
        } catch (Throwable t) {
            rabbit.close();
            throw t;
        }
    }

    private static Path program() throws IOException {
        String folder = System.getProperty("pier.reach.rabbitmq");
        if (folder == null) {
            throw new AssertionError("pier.reach.rabbitmq is not set; run bin/test --reach");
        }
        try (DirectoryStream<Path> versions =
                Files.newDirectoryStream(Path.of(folder, "usr/lib/rabbitmq/lib"), "rabbitmq_server-*")) {
            return versions.iterator().next().resolve("sbin/rabbitmq-server");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new AssertionError("RabbitMQ has ended: " + output());
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<Void> answer =
                    client.send(HttpRequest.newBuilder(at("/")).build(), BodyHandlers.discarding());
            return answer.statusCode() == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String output() {
        try {
            return Files.readString(home.resolve("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String nodeName() {
        return node;
    }

    public Path cookieFile() {
        return home.resolve(".erlang.cookie");
    }

    /// The port of its management, with Cowboy.
    public int port() {
        return port;
    }

    /// An address on that port.
    public URI at(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
