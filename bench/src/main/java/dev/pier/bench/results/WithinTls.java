package dev.pier.bench.results;

import dev.pier.bench.comparisons.Comparison;
import dev.pier.bench.comparisons.Run;
import dev.pier.bench.harness.Rounds;
import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Side;
import dev.pier.bench.sides.BeamNode;
import dev.pier.bench.sides.Driven;
import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.time.Duration;
import java.util.List;

/// The cost of TLS: calls and a reply of one gigabyte over TCP and within TLS 1.3, from Pier and from another Erlang
/// node.
public final class WithinTls implements Comparison {
    private static final String HEAP = "128m";
    private static final int GIGABYTE = 1_000_000_000;
    private static final int QUICK_BYTES = 10_000_000;

    @Override
    public String name() {
        return "tls";
    }

    @Override
    public void run(Run run) throws Exception {
        for (int callers : new int[] {1, 64}) {
            calls(run, callers);
        }
        large(run);
    }

    private void calls(Run run, int callers) throws Exception {
        Scene scene = run.scene();
        BeamNode tcp = scene.backend();
        BeamNode tls = scene.backendWithinTls();
        List<Side> sides = List.of(
                Driven.in(scene.pierWithinTls(), tls, "Pier, TLS", "calls", callers, "virtual"),
                Driven.in(scene.pier(), tcp, "Pier, TCP", "calls", callers, "virtual"),
                Driven.in(scene.callerWithinTls(), tls.pid(), "BEAM, TLS", "calls erpc " + tls.name(), callers),
                Driven.in(scene.caller(), tcp.pid(), "BEAM, TCP", "calls erpc " + tcp.name(), callers));
        List<Row> rows = run.rounds().play(sides);
        run.report()
                .add(new Section(
                        name(), "calls over TCP and within TLS 1.3, " + callers + " at a time", "calls/s", "", rows));
        mark(run, "calls" + callers + "-tls-cost", rows);
        if (callers == 64) {
            run.report().ratio("calls64-tls-vs-erpc-tls", rows.get(0), rows.get(2), 2);
        }
    }

    private void large(Run run) throws Exception {
        Scene scene = run.scene();
        BeamNode tcp = scene.backend();
        BeamNode tls = scene.backendWithinTls();
        String prepare = "prepare " + (run.quick() ? QUICK_BYTES : GIGABYTE);
        long bytes = Long.parseLong(tcp.command(prepare));
        tls.command(prepare);
        try (Server pierTls = scene.startPierWithHeapWithinTls("tlslarge", HEAP);
                Server pierTcp = scene.startPierWithHeap("tcplarge", HEAP)) {
            Rounds rounds = run.rounds().instead(run.quick() ? 1 : 3, Duration.ZERO, 1, Duration.ZERO);
            List<Row> rows = rounds.play(List.of(
                    new WholeReply("Pier, TLS", pierTls, tls, bytes),
                    new WholeReply("Pier, TCP", pierTcp, tcp, bytes),
                    Driven.in(scene.callerWithinTls(), tls.pid(), "BEAM, TLS", "large " + tls.name(), 1),
                    Driven.in(scene.caller(), tcp.pid(), "BEAM, TCP", "large " + tcp.name(), 1)));
            run.report()
                    .add(new Section(
                            name(),
                            "a reply of %,d MB over TCP and within TLS 1.3".formatted(bytes / WholeReply.MEGABYTE),
                            "MB/s",
                            "As in `large`.",
                            rows));
            mark(run, "large-tls-cost", rows);
        } finally {
            tcp.command("forget");
            tls.command("forget");
        }
    }

    /// Which part of its speed Pier keeps within TLS, over the part that the BEAM keeps.
    private static void mark(Run run, String name, List<Row> rows) {
        run.report().ratioOfRatios(name, rows.get(0), rows.get(1), rows.get(2), rows.get(3), 1);
    }
}
