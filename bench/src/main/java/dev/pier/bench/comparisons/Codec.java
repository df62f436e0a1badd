package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Spread;
import dev.pier.bench.jvm.CallCodec;
import dev.pier.bench.jvm.EtfToJson;
import dev.pier.bench.jvm.JsonToEtf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs [CallCodec], [JsonToEtf] and [EtfToJson] with JMH, with their allocations.
public final class Codec implements Comparison {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    @Override
    public String name() {
        return "codec";
    }

    @Override
    public void run(Run run) throws Exception {
        measure(run, name(), "a call and its answer as bytes", CallCodec.class);
        measure(run, "json-to-etf", "a JSON body of 20 KiB as a term", JsonToEtf.class);
        List<Row> rows = measure(run, "json-vs-generator", "a term of a hundred rows as JSON", EtfToJson.class);
        Row generator = row("jacksonWritesTokens", rows);
        run.report().ratio("json-vs-generator", generator, row("pierWritesJson", rows), 1.5);
    }

    private static List<Row> measure(Run run, String section, String what, Class<?> benchmarks) throws Exception {
        int iterations = run.quick() ? 1 : 5;
        TimeValue time = TimeValue.milliseconds(run.quick() ? 50 : 1000);
        OptionsBuilder options = new OptionsBuilder();
        options.include(benchmarks.getName())
                .addProfiler(GCProfiler.class)
                .forks(run.quick() ? 1 : 3)
                .warmupIterations(iterations)
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                .jvmArgsAppend("--sun-misc-unsafe-memory-access=allow") // JMH uses it.
                .verbosity(VerboseMode.SILENT);
        List<Row> rows = new ArrayList<>();
        for (RunResult result : new Runner(options.build()).run()) {
            Result<?> score = result.getPrimaryResult();
            double low = score.getStatistics().getMin();
            double high = score.getStatistics().getMax();
            double median = score.getStatistics().getPercentile(50);
            double bytes = Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED))
                    .getScore();
            rows.add(new Row(score.getLabel(), new Spread(median, low, high), Map.of("bytes allocated", bytes)));
        }
        run.report().add(new Section(section, what, "ns", "", rows));
        return rows;
    }

    /// The row of a benchmark, whose label may have its class before its method.
    private static Row row(String method, List<Row> rows) {
        return rows.stream()
                .filter(row -> row.side().endsWith(method))
                .findFirst()
                .orElseThrow();
    }
}
