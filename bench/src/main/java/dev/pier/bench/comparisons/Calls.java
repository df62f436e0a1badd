package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Side;
import dev.pier.bench.sides.BeamNode;
import dev.pier.bench.sides.Driven;
import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.util.ArrayList;
import java.util.List;

/// Calls to Erlang: `bench:echo({N, <<"hello, world">>})` on one node, from a web application with Pier, from one with
/// JInterface (one mailbox per thread), and from another Erlang node with OTP's `erpc` and `rpc`.
public final class Calls implements Comparison {
    private static final int[] CALLERS = {1, 16, 64, 256};

    @Override
    public String name() {
        return "calls";
    }

    @Override
    public void run(Run run) throws Exception {
        Scene scene = run.scene();
        BeamNode backend = scene.backend();
        Server pier = scene.pier();
        Server unbatched = scene.pierWithoutBatcher();
        Server jinterface = scene.jinterface();
        BeamNode caller = scene.caller();
        for (int callers : CALLERS) {
            List<Side> sides = new ArrayList<>();
            sides.add(Driven.in(pier, backend, "Pier", "calls", callers, "virtual"));
            sides.add(Driven.in(jinterface, backend, "JInterface", "calls", callers, "platform"));
            sides.add(Driven.in(caller, backend.pid(), "BEAM, erpc:call", "calls erpc " + backend.name(), callers));
            sides.add(Driven.in(caller, backend.pid(), "BEAM, rpc:call", "calls rpc " + backend.name(), callers));
            sides.add(Driven.in(unbatched, backend, "Pier, without pier_calls", "calls", callers, "virtual"));
            if (callers == 64) {
                sides.add(Driven.in(pier, backend, "Pier, platform threads", "calls", callers, "platform"));
            }
            List<Row> rows = run.rounds().play(sides);
            run.report()
                    .add(new Section(
                            name(), "calls from Java to Erlang, " + callers + " at a time", "calls/s", "", rows));
            if (callers == 1) {
                run.report().ratio("calls1-vs-jinterface", rows.get(0), rows.get(1), 1.2);
                run.report().ratio("calls1-vs-erpc", rows.get(0), rows.get(2), 1.1);
            } else if (callers == 64) {
                run.report().ratio("calls64-vs-jinterface", rows.get(0), rows.get(1), 2.2);
                run.report().ratio("calls64-vs-erpc", rows.get(0), rows.get(2), 1.8);
            }
        }
    }
}
