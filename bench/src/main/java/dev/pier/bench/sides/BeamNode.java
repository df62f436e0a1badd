package dev.pier.bench.sides;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An Erlang node with the modules of `bench/erlang`, asked by lines on its standard input. One thread asks at a time.
public final class BeamNode implements AutoCloseable {
    private final String name;
    private final Program program;
    private final BufferedWriter questions;
    private final BufferedReader answers;

    private BeamNode(String name, Program program) {
        this.name = name;
        this.program = program;
        this.questions = program.process().outputWriter(UTF_8);
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
        node.ask("ready");
        return node;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return program.process().pid();
    }

    /// Has a function of module `bench_control` called with the words that follow its name.
    ///
    /// @return its answer, a line
    public String ask(String words) throws IOException {
        questions.write(words);
        questions.newLine();
        questions.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException(name + " has ended; see " + Path.of(name.replaceAll("@.*", "") + ".log"));
        }
        return answer;
    }

    @Override
    public void close() {
        program.close();
    }
}
