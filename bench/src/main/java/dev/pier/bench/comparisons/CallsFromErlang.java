package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Side;
import dev.pier.bench.sides.BeamNode;
import dev.pier.bench.sides.Driven;
import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.util.List;

/// Calls from Erlang: `erpc:call` of `bench:echo/1`, served by Pier and by another Erlang node. JInterface cannot serve
/// calls.
public final class CallsFromErlang implements Comparison {
    private static final int[] CALLERS = {1, 64};

    @Override
    public String name() {
        return "served";
    }

    @Override
    public void run(Run run) throws Exception {
        Scene scene = run.scene();
        BeamNode caller = scene.caller();
        BeamNode backend = scene.backend();
        Server pier = scene.pier();
        for (int callers : CALLERS) {
            List<Side> sides = List.of(
                    Driven.in(caller, pier.pid(), "Pier", "calls erpc " + pier.node(), callers),
                    Driven.in(caller, backend.pid(), "BEAM", "calls erpc " + backend.name(), callers));
            List<Row> rows = run.rounds().play(sides);
            run.report().add(new Section(name(), "calls from Erlang, " + callers + " at a time", "calls/s", "", rows));
            if (callers == 64) {
                run.report().ratio("served64-vs-beam", rows.get(0), rows.get(1), 1);
            }
        }
    }
}
