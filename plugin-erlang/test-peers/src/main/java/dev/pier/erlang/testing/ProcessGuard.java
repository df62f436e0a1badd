package dev.pier.erlang.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Starts processes that end with this JVM, however it ends: one shell reads our end of a pipe and kills them all when
/// that closes. Even a JVM that was killed, or a node that is suspended, leaves nothing behind.
///
/// Safe for use by many threads.
final class ProcessGuard {
    /// Signals sent to the whole group of processes, as Ctrl-C is, must not end the guard before its work is done.
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            guarded=
            while read -r verb pid; do
                rest=
                for one in $guarded; do
                    [ "$one" = "$pid" ] || rest="$rest $one"
                done
                guarded=$rest
                [ "$verb" = release ] || guarded="$guarded $pid"
            done
            [ -z "$guarded" ] || kill -KILL $guarded 2>/dev/null
            """;

    private static final ProcessGuard INSTANCE = new ProcessGuard();

    private final Writer orders;

    private ProcessGuard() {
        try {
            Process shell = new ProcessBuilder("sh", "-c", SCRIPT)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            orders = shell.outputWriter(StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException("the shell that guards the test processes does not start", e);
        }
    }

    /// Starts the process and guards it until it ends.
    static Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        INSTANCE.order("guard", process.pid());
        var _ = process.onExit().thenRun(() -> INSTANCE.order("release", process.pid()));
        return process;
    }

    /// Runs the process to its end.
    ///
    /// @param output where what it prints goes
    /// @throws IllegalStateException with what it printed, if it fails or takes longer
    static void run(ProcessBuilder builder, Path output, Duration deadline) throws IOException {
        Process process = start(builder.redirectErrorStream(true).redirectOutput(output.toFile()));
        String command = String.join(" ", builder.command());
        try {
            if (!process.waitFor(deadline) || process.exitValue() != 0) {
                throw new IllegalStateException(command + " failed: " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command, e);
        } finally {
            process.destroyForcibly();
        }
    }

    private synchronized void order(String verb, long pid) {
        try {
            orders.write(verb + " " + pid + "\n");
            orders.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the shell that guards the test processes has gone", e);
        }
    }
}
