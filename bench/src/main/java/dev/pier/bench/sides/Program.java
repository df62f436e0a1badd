package dev.pier.bench.sides;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A process that this run has started. Its output goes to a file, which is printed if the start fails. The process
/// ends with the run, even if the run fails.
final class Program implements AutoCloseable {
    /// For a server with a thousand applications.
    private static final int START_TIMEOUT_SECONDS = 300;

    private static final int STOP_TIMEOUT_SECONDS = 10;

    private final String name;
    private final Process process;
    private final Path log;

    private Program(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// Starts a process whose output goes to the log.
    static Program start(Scene scene, String name, ProcessBuilder builder) throws IOException {
        return start(
                scene,
                name,
                builder,
                ProcessBuilder.Redirect.appendTo(log(scene, name).toFile()));
    }

    /// Starts a process whose standard output is read by the caller; its standard error goes to the log.
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
        scene.closeWithRun(program);
        return program;
    }

    private static Path log(Scene scene, String name) {
        return scene.folder().resolve(name + ".log");
    }

    Process process() {
        return process;
    }

    /// Waits until a condition shows that the process has started.
    void await(BooleanSupplier started) throws IOException, InterruptedException {
        long timeout = TimeUnit.SECONDS.toNanos(START_TIMEOUT_SECONDS);
        long start = System.nanoTime();
        while (!started.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new IOException(name + " has ended during its start; its output:\n" + Files.readString(log));
            }
            if (System.nanoTime() - start > timeout) {
                throw new IOException(name + " has not started within " + START_TIMEOUT_SECONDS + " s; its output:\n"
                        + Files.readString(log));
            }
            Thread.sleep(5);
        }
    }

    /// Ends the process with SIGTERM, or with SIGKILL after a timeout. Idempotent.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
