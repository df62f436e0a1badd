package dev.pier.assembly;

import dev.pier.erlang.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A shell that runs the commands of a documentation page, one block after the other. All its programs end with it.
///
/// *Threads.* For one thread.
final class Terminal implements AutoCloseable {
    /// Long enough for a build with Maven, beside other tests.
    static final Duration TIMEOUT = Duration.ofMinutes(10);

    private static final Pattern FAILED = Pattern.compile("(?m)^failed: (.*)$");

    /// The output of a block of commands, and the commands that failed.
    record Result(String output, List<String> failed) {
        static Result of(String output) {
            return new Result(
                    output,
                    FAILED.matcher(output)
                            .results()
                            .map(command -> command.group(1))
                            .toList());
        }
    }

    private final Process shell;
    private final Writer input;
    private final Path folder;
    private final Path output;
    private int blocks;

    /// @param folder where the first command runs; gets files of the terminal
    Terminal(Path folder, String name, Map<String, String> environment) throws IOException {
        this.folder = folder;
        output = folder.resolve(name + ".log");
        // A session of its own, whose processes can be ended together.
        ProcessBuilder builder = new ProcessBuilder("setsid", "bash")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        shell = builder.start();
        input = shell.outputWriter(StandardCharsets.UTF_8);
        type("trap 'echo; echo \"failed: $BASH_COMMAND\"' ERR");
    }

    /// Starts commands of which the last one does not end. Their input stays open.
    void start(String commands) throws IOException {
        type("source " + script(commands));
    }

    /// Runs commands to their end.
    Result run(String commands) throws IOException {
        int begin = output().length();
        // The status of a script is not to be reported as a failure of its own.
        Path script = script(commands + "\ntrue\n");
        String end = "end of " + script.getFileName();
        type("source " + script + " </dev/null; echo; echo " + end);
        String printed = Await.value(
                "the end of:\n" + commands,
                TIMEOUT,
                () -> output().substring(begin),
                text -> text.contains("\n" + end + "\n"));
        return Result.of(printed.substring(0, printed.indexOf("\n" + end + "\n")));
    }

    private Path script(String commands) throws IOException {
        blocks++;
        return Files.writeString(output.resolveSibling(output.getFileName() + "." + blocks + ".sh"), commands);
    }

    private void type(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends the programs with SIGTERM, which is not ignored where the tests run without a terminal, and at last with
    /// SIGKILL.
    void end() throws IOException {
        signal("TERM");
        try {
            if (!shell.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                signal("KILL");
            }
        } catch (InterruptedException e) {
            signal("KILL");
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        end();
    }

    private void signal(String name) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, "--", "-" + shell.pid())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        kill.onExit().join();
    }
}
