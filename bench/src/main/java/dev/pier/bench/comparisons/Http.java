package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.load.Wrk;
import dev.pier.bench.sides.Pages;
import java.util.List;

/// Throughput of HTTP requests that call `bench:echo/1` and return the result as JSON.
public final class Http implements Comparison {
    private static final int[] CONNECTIONS = {64, 512};

    /// With more connections at a time, many of JInterface's connections per request fail.
    private static final int MAX_PER_REQUEST = 64;

    @Override
    public String name() {
        return "http";
    }

    @Override
    public void run(Run run) throws Exception {
        for (int connections : CONNECTIONS) {
            List<Wrk> sides = Pages.all(run.scene()).stream()
                    .filter(page ->
                            connections <= MAX_PER_REQUEST || !page.name().equals(Pages.PER_REQUEST))
                    .map(page -> new Wrk(page, connections))
                    .toList();
            List<Row> rows = run.rounds().play(sides);
            run.report()
                    .add(new Section(
                            name(),
                            "HTTP, a call, its answer; " + connections + " connections",
                            "requests/s",
                            "",
                            rows));
            Row pier = Row.of(Pages.PIER, rows);
            Row yaws = Row.of(Pages.YAWS_OWN, rows);
            if (connections == 64) {
                run.report().ratio("http64-vs-nocall", pier, Row.of(Pages.NO_CALL, rows), 0.65);
                run.report().ratio("http64-vs-jinterface", pier, Row.of(Pages.POOLED, rows), 2.2);
                run.report().ratio("http64-vs-yaws-own", pier, yaws, 0.9);
                run.report().ratioAtMost("http64-cpu", Row.CPU, pier, yaws, 1.25);
            } else {
                run.report().ratio("http512-vs-yaws-own", pier, yaws, 0.95);
            }
        }
    }
}
