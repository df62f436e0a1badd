package dev.pier.bench.sides;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// An Erlang node with the modules of `bench/erlang`. It takes commands on its standard input, from one thread at a
/// time.
public final class BeamNode implements AutoCloseable {
    private static final Duration JOINED = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(10);

    private final String name;
    private final Program program;
    private final BufferedWriter commands;
    private final BufferedReader answers;

    private BeamNode(String name, Program program) {
        this.name = name;
        this.program = program;
        this.commands = program.process().outputWriter(UTF_8);
        this.answers = program.process().inputReader(UTF_8);
    }

    static BeamNode start(Scene scene, String alive, List<String> flags) throws IOException {
        String name = alive + "@" + Scene.HOST;
        List<String> command = new ArrayList<>(List.of("erl", "-noshell", "-sname", name));
        command.addAll(List.of("-start_epmd", "false"));
        command.addAll(List.of("-kernel", "inet_dist_use_interface", "{127,0,0,1}"));
        command.addAll(List.of("-pa", scene.ebin().toString()));
        command.addAll(flags);
        command.addAll(List.of("-s", "bench_control"));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(scene.folder().toFile());
        scene.erlangEnvironment(builder.environment());
        BeamNode node = new BeamNode(name, Program.startPiped(scene, alive, builder));
        node.command("ready");
        return node;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return program.process().pid();
    }

    /// Calls a function of the module `bench_control`.
    ///
    /// @param command the function's name and its arguments, separated by spaces
    /// @return the answer, one line
    public String command(String command) throws IOException {
        commands.write(command);
        commands.newLine();
        commands.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException(name + " has ended; see " + name.replaceAll("@.*", "") + ".log");
        }
        return answer;
    }

    /// Waits until a room of `bench_live` has so many browsers.
    ///
    /// @throws IOException if it does not within two minutes
    public void awaitBrowsers(String room, int count) throws IOException {
        long deadline = System.nanoTime() + JOINED.toNanos();
        while (Integer.parseInt(command("browsers " + room)) < count) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the room " + room + " does not have " + count + " browsers");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// Ends the node with SIGKILL.
    void kill() {
        program.process().destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        program.close();
    }
}
