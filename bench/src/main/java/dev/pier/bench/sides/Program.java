package dev.pier.bench.sides;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A process that this run has started. What it prints goes to a file, which is shown if it does not start. It ends
/// with the run, however that ends.
final class Program implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int END_SECONDS = 10;

    private final String name;
    private final Process process;
    private final Path log;

    private Program(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// @param builder its standard output may be redirected; else it goes to the log
    static Program start(Scene scene, String name, ProcessBuilder builder) throws IOException {
        Path log = scene.folder().resolve(name + ".log");
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        if (!builder.redirectOutput().equals(ProcessBuilder.Redirect.PIPE)) {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        }
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Program program = new Program(name, process, log);
        scene.endsWith(program);
        return program;
    }

    Process process() {
        return process;
    }

    /// Waits until it has started.
    void await(BooleanSupplier started) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (!started.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() - begun > START_NANOS) {
                throw new IOException(name + " does not start; it printed:\n" + Files.readString(log));
            }
            Thread.sleep(5);
        }
    }

    /// Its standard output must have been left a pipe.
    static ProcessBuilder piped(List<String> command) {
        return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.PIPE);
    }

    /// Its standard output goes to the log.
    static ProcessBuilder logged(List<String> command) {
        return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.INHERIT);
    }

    /// SIGTERM, and SIGKILL if that is not enough. Idempotent.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
