package dev.pier.bench.sides;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /// All that it prints goes to the log.
    static Program start(Scene scene, String name, ProcessBuilder builder) throws IOException {
        return start(
                scene,
                name,
                builder,
                ProcessBuilder.Redirect.appendTo(log(scene, name).toFile()));
    }

    /// Its standard output is for the caller to read; the rest of what it prints goes to the log.
    static Program startPiped(Scene scene, String name, ProcessBuilder builder) throws IOException {
        return start(scene, name, builder, ProcessBuilder.Redirect.PIPE);
    }

    private static Program start(Scene scene, String name, ProcessBuilder builder, ProcessBuilder.Redirect output)
            throws IOException {
        Path log = log(scene, name);
        Process process = builder.redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Program program = new Program(name, process, log);
        scene.endsWith(program);
        return program;
    }

    private static Path log(Scene scene, String name) {
        return scene.folder().resolve(name + ".log");
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
