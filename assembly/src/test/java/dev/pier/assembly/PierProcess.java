package dev.pier.assembly;

import dev.pier.erlang.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A process that runs `bin/pier` of this build, with its output in a file, and an HTTP/1.1 client for it. Ends with
/// the test.
final class PierProcess implements AutoCloseable {
    private static final String READY_FILE = "ready";

    /// Without the optimizing compiler, whose work does not pay in a short run.
    private static final String JAVA_OPTIONS = "-Xmx256m -XX:TieredStopAtLevel=1 -Djava.net.preferIPv4Stack=true";

    /// Long enough for a machine that is busy with the load of a test.
    static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    private final Process process;
    private final Path folder;
    private final Path output;
    private final HttpClient client =
            HttpClient.newBuilder().version(Version.HTTP_1_1).build();

    private PierProcess(Process process, Path folder, Path output) {
        this.process = process;
        this.folder = folder;
        this.output = output;
    }

    /// Starts Pier and waits until it serves.
    static PierProcess serving(Path folder, Path conf) {
        return serving(Distribution.launcher(), folder, conf);
    }

    /// @param environment variables that differ from the test's
    static PierProcess serving(Path folder, Path conf, Map<String, String> environment) {
        return serving(Distribution.launcher(), folder, conf, environment);
    }

    /// @param launcher `bin/pier` of a changed copy of the distribution
    static PierProcess serving(Path launcher, Path folder, Path conf) {
        return serving(launcher, folder, conf, Map.of());
    }

    /// @param prefix the beginning of the command line, before `bin/pier`
    static PierProcess serving(List<String> prefix, Path folder, Path conf) {
        List<String> launcher = new ArrayList<>(prefix);
        launcher.add(Distribution.launcher().toString());
        return serving(launcher, folder, conf, Map.of());
    }

    static PierProcess serving(Path launcher, Path folder, Path conf, Map<String, String> environment) {
        return serving(List.of(launcher.toString()), folder, conf, environment);
    }

    private static PierProcess serving(List<String> launcher, Path folder, Path conf, Map<String, String> environment) {
        Path ready = folder.resolve(READY_FILE);
        PierProcess run = start(
                launcher, folder, environment, "run", "--conf", conf.toString(), "--ready-file", ready.toString());
        try {
            Await.until("the start of bin/pier", START_TIMEOUT, () -> {
                if (!run.process.isAlive()) {
                    throw new AssertionError("bin/pier ended:\n" + run.output());
                }
                return run.isReady();
            });
            return run;
        } catch (Throwable t) {
            run.close();
            throw t;
        }
    }

    static PierProcess start(Path folder, String... arguments) {
        return start(List.of(Distribution.launcher().toString()), folder, Map.of(), arguments);
    }

    /// @param environment variables that differ from the test's
    static PierProcess start(Path folder, Map<String, String> environment, String... arguments) {
        return start(List.of(Distribution.launcher().toString()), folder, environment, arguments);
    }

    private static PierProcess start(
            List<String> launcher, Path folder, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile(folder, "pier", ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("PIER_JAVA_OPTS", JAVA_OPTIONS);
            builder.environment().putAll(environment);
            return new PierProcess(builder.start(), folder, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits for the end of the process.
    ///
    /// @return the exit code
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(Await.PATIENCE.toSeconds() * 2, TimeUnit.SECONDS)) {
            throw new AssertionError("bin/pier does not end; its output:\n" + output());
        }
        return process.exitValue();
    }

    /// Whether the ready file exists.
    boolean isReady() {
        return Files.exists(folder.resolve(READY_FILE));
    }

    /// Gets a page of an application.
    HttpResponse<String> get(String path) {
        return get(url("url").resolve(path));
    }

    /// Gets a page of the admin port.
    HttpResponse<String> getAdmin(String path) {
        return get(adminUrl().resolve(path));
    }

    private HttpResponse<String> get(URI url) {
        try {
            return client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The address of the plain port.
    URI url() {
        return url("url");
    }

    /// The address of the admin port.
    URI adminUrl() {
        return url("admin");
    }

    CompletableFuture<HttpResponse<String>> postAsync(String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(url("url").resolve(path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    /// An address from the ready file.
    private URI url(String key) {
        try (Stream<String> lines = Files.lines(folder.resolve(READY_FILE))) {
            return lines.map(line -> line.split("=", 2))
                    .filter(pair -> pair[0].equals(key))
                    .map(pair -> URI.create(pair[1]))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /// Sends SIGTERM.
    void terminate() {
        process.destroy();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        client.close();
    }
}
