package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Row;
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
        List<Row> oneWay = play(run, "messages one way, 1 sender", "messages", 1);
        run.report().ratio("oneway1-vs-beam", oneWay.get(0), oneWay.get(2), 0.9);
        play(run, "messages one way, 16 senders", "messages", 16);
        play(run, "messages there and back, 1 process", "echo", 1);
        List<Row> echo = play(run, "messages there and back, 64 processes", "echo", 64);
        run.report().ratio("echo64-vs-beam", echo.get(0), echo.get(2), 1);
    }

    private List<Row> play(Run run, String title, String function, int senders) throws Exception {
        Scene scene = run.scene();
        BeamNode backend = scene.backend();
        List<Side> sides = List.of(
                Driven.in(scene.pier(), backend, "Pier", function, senders, "virtual"),
                Driven.in(scene.jinterface(), backend, "JInterface", function, senders, "platform"),
                Driven.in(scene.caller(), backend.pid(), "BEAM", function + " " + backend.name(), senders));
        List<Row> rows = run.rounds().play(sides);
        run.report().add(new Section(name(), title, "messages/s", "", rows));
        return rows;
    }
}
