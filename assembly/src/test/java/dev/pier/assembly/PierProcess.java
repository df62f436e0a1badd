package dev.pier.assembly;

import dev.pier.erlang.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `bin/pier` of this build as a process of its own. What it prints goes to a file. Ends with the test.
final class PierProcess implements AutoCloseable {
    private final Process process;
    private final Path output;

    private PierProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static PierProcess start(Path folder, String... arguments) {
        return start(Distribution.launcher(), folder, arguments);
    }

    /// @param launcher `bin/pier` of a Pier that is not quite this build's
    static PierProcess start(Path launcher, Path folder, String... arguments) {
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
            return new PierProcess(builder.start(), output);
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

    boolean isAlive() {
        return process.isAlive();
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
