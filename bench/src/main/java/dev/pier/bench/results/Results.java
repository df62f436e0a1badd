package dev.pier.bench.results;

import dev.pier.bench.comparisons.Comparison;
import dev.pier.bench.comparisons.Run;
import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Side;
import java.util.List;

/// Conversion of encoded terms to JSON, to records, and to terms and back, compared with JInterface on one thread.
public final class Results implements Comparison {
    @Override
    public String name() {
        return "results";
    }

    @Override
    public void run(Run run) throws Exception {
        Users users = new Users();
        users.requireSame();
        compare(
                run,
                "mixed terms, decoded and encoded",
                "terms per second of CPU",
                new InProcess("Pier", MixedTerms.COUNT, MixedTerms::byPier),
                new InProcess("JInterface", MixedTerms.COUNT, MixedTerms::byJInterface),
                "terms-vs-jinterface",
                2.5);
        compare(
                run,
                "JSON of 10,000 maps of 6 fields",
                "maps per second of CPU",
                new InProcess("Pier", Users.COUNT, users::jsonByPier),
                new InProcess("JInterface, a tree of Jackson's", Users.COUNT, users::jsonByTree),
                "json-vs-tree",
                4);
        compare(
                run,
                "records of 10,000 maps of 6 fields",
                "maps per second of CPU",
                new InProcess("Pier", Users.COUNT, users::recordsByPier),
                new InProcess("JInterface, mapped by hand", Users.COUNT, users::recordsByHand),
                "records-vs-hand",
                2);
    }

    private void compare(Run run, String title, String unit, Side pier, Side other, String ratio, double atLeast)
            throws Exception {
        List<Row> rows = run.rounds().play(List.of(pier, other));
        run.report().add(new Section(name(), title, unit, "", rows));
        run.report().ratio(ratio, rows.get(0), rows.get(1), atLeast);
    }
}
