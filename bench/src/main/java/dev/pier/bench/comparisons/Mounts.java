package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.load.Wrk;
import dev.pier.bench.sides.Pages;
import java.util.List;

/// Throughput of pages that Erlang serves through a mount of Pier, and on an HTTP port of its own.
public final class Mounts implements Comparison {
    private static final int CONNECTIONS = 64;

    /// After 125,000 requests, a fifth of the processor time of EWGI was still that of Java's compilers.
    private static final int WARMER = 8;

    @Override
    public String name() {
        return "mounts";
    }

    @Override
    public void run(Run run) throws Exception {
        List<Wrk> sides = Pages.mounted(run.scene()).stream()
                .map(page -> new Wrk(page, CONNECTIONS))
                .toList();
        List<Row> rows = run.rounds().warmer(WARMER).play(sides);
        run.report()
                .add(new Section(
                        name(),
                        "Erlang at a mount, and on its own port; " + CONNECTIONS + " connections",
                        "requests/s",
                        "",
                        rows));
        run.report().ratio("ewgi-mount-vs-yaws", rows.get(0), rows.get(1), 0.6);
        run.report().ratio("esi-mount-vs-inets", rows.get(2), rows.get(3), 0.6);
    }
}
