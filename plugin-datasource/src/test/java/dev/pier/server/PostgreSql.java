package dev.pier.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL of Debian's package on a free port of the loopback address, with a database and a user `shop`.
///
/// It refuses to run as root: then it runs as the user `nobody`, in a folder that all users reach. It ends with this
/// JVM, however that ends.
///
/// *Threads.* For one thread.
final class PostgreSql implements AutoCloseable {
    /// The password of the user.
    static final String PASSWORD = "pg-s3cret";

    /// Stops the server at the end of its standard input.
    private static final String UNTIL_EOF = "\"$@\" </dev/null & pid=$!; cat >/dev/null; kill -INT $pid; wait $pid";

    private final Path folder;
    private final int port;
    private @Nullable Process process;

    /// Makes a database that does not run yet.
    PostgreSql() throws Exception {
        folder = Files.createTempDirectory(Path.of("/tmp"), "pier-postgresql");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        Files.writeString(folder.resolve("password"), PASSWORD);
        if (isRoot()) {
            run(List.of("chown", "-R", "nobody", folder.toString()));
        }
        run(asUser(
                program("initdb"),
                "--pgdata=" + folder.resolve("data"),
                "--username=shop",
                "--pwfile=" + folder.resolve("password"),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync"));
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static String program(String name) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(Path.of("/usr/lib/postgresql"))) {
            versions.forEach(version -> found.add(version.resolve("bin").resolve(name)));
        }
        return found.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow()
                .toString();
    }

    private static List<String> asUser(String... command) {
        List<String> all = new ArrayList<>();
        if (isRoot()) {
            all.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        }
        all.addAll(List.of(command));
        return all;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed:\n" + output);
        }
    }

    /// Starts it, and waits until it answers.
    PostgreSql start() throws Exception {
        List<String> command = new ArrayList<>(asUser("sh", "-c", UNTIL_EOF, "sh"));
        command.addAll(List.of(
                program("postgres"),
                "-D",
                folder.resolve("data").toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=" + folder,
                "-c",
                "fsync=off"));
        Process started = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        process = started;
        TestServer.await("PostgreSQL answers", () -> {
            if (!started.isAlive()) {
                throw new AssertionError(Files.readString(folder.resolve("log")));
            }
            try {
                return query("select 1").equals("1");
            } catch (SQLException _) {
                return false;
            }
        });
        return this;
    }

    /// Ends all connections, and the server.
    void stop() {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        try {
            running.getOutputStream().close();
            if (!running.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("PostgreSQL does not stop: " + Files.readString(folder.resolve("log")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            running.destroyForcibly();
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /// Runs statements past all pools, and returns the first value of the last result; empty if it has none.
    String query(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url() + "?connectTimeout=5", "shop", PASSWORD);
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet result = statement.getResultSet()) {
                return result.next() ? String.valueOf(result.getString(1)) : "";
            }
        }
    }

    /// The open connections of a client by the name that it gives itself.
    int connections(String applicationName) throws SQLException {
        return Integer.parseInt(
                query("select count(*) from pg_stat_activity where application_name = '" + applicationName + "'"));
    }

    @Override
    public void close() throws IOException {
        stop();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
