package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Side;
import dev.pier.bench.sides.BeamNode;
import dev.pier.bench.sides.Driven;
import dev.pier.bench.sides.Scene;
import java.util.List;

/// Messages `{From, Number, <<"hello, world">>}` to a registered process on another node, which counts them or sends
/// them back.
public final class Messages implements Comparison {
    @Override
    public String name() {
        return "messages";
    }

    @Override
    public void run(Run run) throws Exception {
        play(run, "messages one way, 1 sender", "messages", 1);
        play(run, "messages one way, 16 senders", "messages", 16);
        play(run, "messages there and back, 1 process", "echo", 1);
        play(run, "messages there and back, 64 processes", "echo", 64);
    }

    private void play(Run run, String title, String function, int senders) throws Exception {
        Scene scene = run.scene();
        BeamNode backend = scene.backend();
        List<Side> sides = List.of(
                Driven.in(scene.pier(), backend, "Pier", function, senders, "virtual"),
                Driven.in(scene.jinterface(), backend, "JInterface", function, senders, "platform"),
                Driven.in(scene.caller(), backend.pid(), "BEAM", function + " " + backend.name(), senders));
        run.report()
                .add(new Section(name(), title, "messages/s", "", run.rounds().play(sides)));
    }
}
