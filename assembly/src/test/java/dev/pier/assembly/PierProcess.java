package dev.pier.assembly;

import dev.pier.erlang.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// `bin/pier` of this build as a process of its own. What it prints goes to a file. Ends with the test.
final class PierProcess implements AutoCloseable {
    private static final String READY_FILE = "ready";

    private final Process process;
    private final Path folder;
    private final Path output;

    private PierProcess(Process process, Path folder, Path output) {
        this.process = process;
        this.folder = folder;
        this.output = output;
    }

    /// Has it serve, and waits until it does.
    static PierProcess serving(Path folder, Path conf) {
        return serving(Distribution.launcher(), folder, conf);
    }

    /// @param launcher `bin/pier` of a Pier that is not quite this build's
    static PierProcess serving(Path launcher, Path folder, Path conf) {
        Path ready = folder.resolve(READY_FILE);
        PierProcess run = start(launcher, folder, "run", "--conf", conf.toString(), "--ready-file", ready.toString());
        try {
            Await.until("the start of bin/pier", () -> {
                if (!run.process.isAlive()) {
                    throw new AssertionError("bin/pier ended:\n" + run.output());
                }
                return run.isReady();
            });
            return run;
        } catch (Throwable e) {
            run.close();
            throw e;
        }
    }

    static PierProcess start(Path folder, String... arguments) {
        return start(Distribution.launcher(), folder, arguments);
    }

    private static PierProcess start(Path launcher, Path folder, String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile(folder, "pier", ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("PIER_JAVA_OPTS", "-Xmx256m -Djava.net.preferIPv4Stack=true");
            return new PierProcess(builder.start(), folder, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs it to its end.
    ///
    /// @return its exit code
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(Await.PATIENCE.toSeconds() * 2, TimeUnit.SECONDS)) {
            throw new AssertionError("bin/pier does not end; it printed:\n" + output());
        }
        return process.exitValue();
    }

    /// Whether the file is there by which it tells that it serves.
    boolean isReady() {
        return Files.exists(folder.resolve(READY_FILE));
    }

    /// Where applications are.
    URI url() {
        return told("url");
    }

    URI adminUrl() {
        return told("admin");
    }

    private URI told(String key) {
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

    /// SIGTERM.
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
    }
}
