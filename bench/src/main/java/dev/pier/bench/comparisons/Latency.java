package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Rounds;
import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.load.Paced;
import dev.pier.bench.load.Page;
import dev.pier.bench.load.Wrk;
import dev.pier.bench.sides.Pages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Latency of HTTP requests at a rate that every side sustains: half the throughput of the slowest side.
///
/// JInterface with a connection per request is by far the slowest, and at half of its rate the other sides are idle. So
/// there are two tables: the other sides at half the throughput of the slowest of them, and all sides at the lower
/// rate.
public final class Latency implements Comparison {
    private static final int CONNECTIONS = 64;
    private static final Duration FULL_ROUND = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public void run(Run run) throws Exception {
        List<Page> all = Pages.all(run.scene());
        Page slowest = Pages.perRequest(run.scene());
        List<Page> others = all.stream().filter(page -> !page.equals(slowest)).toList();
        double rate = halfOfTheLowest(run, others);
        List<Row> rows = play(run, others, rate, "the sides with persistent connections");
        Row pier = Row.of(Pages.PIER, rows);
        run.report().ratio("p99-vs-jinterface", Row.of(Pages.POOLED, rows), pier, 2);
        run.report().ratio("p99-vs-yaws-own", Row.of(Pages.YAWS_OWN, rows), pier, 1);
        play(run, all, Math.min(rate, halfOfTheLowest(run, List.of(slowest))), "all sides");
    }

    /// Half the throughput of the slowest page, after a warm-up of each page.
    private static double halfOfTheLowest(Run run, List<Page> pages) throws Exception {
        double slowest = Double.MAX_VALUE;
        for (Page page : pages) {
            Wrk wrk = new Wrk(page, CONNECTIONS);
            wrk.work(run.rounds().warmUp());
            slowest = Math.min(slowest, wrk.work(run.rounds().time()).value());
        }
        return slowest / 2;
    }

    private List<Row> play(Run run, List<Page> pages, double rate, String compared) throws Exception {
        List<Paced> sides = new ArrayList<>();
        for (Page page : pages) {
            sides.add(new Paced(page, CONNECTIONS, rate));
        }
        Rounds rounds =
                run.quick() ? run.rounds() : run.rounds().instead(run.rounds().count(), FULL_ROUND, 1, FULL_ROUND);
        List<Row> rows = rounds.play(sides);
        run.report()
                .add(new Section(
                        name(),
                        String.format(
                                Locale.ROOT, "%,.0f requests/s, half the lowest throughput of %s", rate, compared),
                        "p99 ms",
                        "",
                        rows));
        return rows;
    }
}
