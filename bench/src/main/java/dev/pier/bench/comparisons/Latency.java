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

/// How long answers take at a rate that every side bears: half of what the slowest one can do.
///
/// A connection per request is slower than all the rest by far, and at half of its rate nobody else has anything to do.
/// So there are two tables: one with all sides at that rate, and one without it at the rate of the next slowest.
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
        double rate = halfOfTheSlowest(run, others);
        List<Row> rows = play(run, others, rate, "keep their connections");
        run.report().ratio("p99-vs-jinterface", rows.get(2), rows.get(0), 2);
        play(run, all, Math.min(rate, halfOfTheSlowest(run, List.of(slowest))), "are compared");
    }

    /// After a warm-up.
    private static double halfOfTheSlowest(Run run, List<Page> pages) throws Exception {
        double slowest = Double.MAX_VALUE;
        for (Page page : pages) {
            Wrk wrk = new Wrk(page, CONNECTIONS);
            wrk.work(run.rounds().warmUp());
            slowest = Math.min(slowest, wrk.work(run.rounds().time()).value());
        }
        return slowest / 2;
    }

    private List<Row> play(Run run, List<Page> pages, double rate, String which) throws Exception {
        List<Paced> sides = new ArrayList<>();
        for (Page page : pages) {
            sides.add(new Paced(page, CONNECTIONS, rate));
        }
        Rounds rounds = run.quick() ? run.rounds() : new Rounds(run.rounds().count(), FULL_ROUND, 1, FULL_ROUND);
        List<Row> rows = rounds.play(sides);
        run.report()
                .add(new Section(
                        name(),
                        String.format(
                                Locale.ROOT, "%,.0f requests/s, half of what the slowest that %s can do", rate, which),
                        "p99 ms",
                        "",
                        rows));
        return rows;
    }
}
