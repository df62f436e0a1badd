package dev.pier.bench.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The number and the duration of each side's rounds. The sides take turns (A B C A B C …), so that a temporary
/// disturbance of the machine affects all of them.
///
/// @param count the number of measured rounds
/// @param warmUp the duration of one warm-up turn, which is not measured
/// @param warmUpOperations the operations after which a side is warm, in at most 5 turns; 0 for no warm-up
/// @param time the duration of a round
public record Rounds(int count, Duration warmUp, long warmUpOperations, Duration time) {
    private static final int MAX_WARM_UP_TURNS = 5;

    /// The same with so many times the operations before a side is warm, for sides that share code with each other:
    /// each changes what a JVM has compiled for the ones before.
    public Rounds warmer(int times) {
        return new Rounds(count, warmUp, times * warmUpOperations, time);
    }

    public List<Row> play(List<? extends Side> sides) throws Exception {
        List<Tally> tallies = new ArrayList<>();
        for (Side side : sides) {
            warmUp(side);
            tallies.add(new Tally(side));
        }
        for (int round = 1; round <= count; round++) {
            for (Tally tally : tallies) {
                tally.play(time);
            }
        }
        List<Row> rows = new ArrayList<>();
        for (Tally tally : tallies) {
            Row row = tally.row();
            System.out.printf("    %s: %s%n", row.side(), row.value());
            rows.add(row);
        }
        return rows;
    }

    /// Lets a side work until a JVM has had time to compile its code.
    private void warmUp(Side side) throws Exception {
        long operations = 0;
        for (int turn = 0; turn < MAX_WARM_UP_TURNS && operations < warmUpOperations; turn++) {
            operations += side.work(warmUp).operations();
        }
    }

    /// The results of one side's rounds.
    private static final class Tally {
        private final Side side;
        private final List<Double> values = new ArrayList<>();
        private final Map<String, List<Double>> figures = new LinkedHashMap<>();

        Tally(Side side) {
            this.side = side;
        }

        void play(Duration time) throws Exception {
            Usages before = Usages.of(side);
            Work work = side.work(time);
            Usages after = Usages.of(side);
            values.add(work.value());
            work.figures().forEach(this::add);
            if (!side.processes().isEmpty()) {
                add("CPU µs, all", after.cpuMicrosSince(before) / work.operations());
            }
            after.forEachSince(before, (process, used) -> {
                add("CPU µs " + process, used.cpuMicros() / work.operations());
                add("waits " + process, (double) used.switches() / work.operations());
            });
        }

        Row row() {
            Map<String, Double> medians = new LinkedHashMap<>();
            figures.forEach(
                    (name, values) -> medians.put(name, Spread.of(values).median()));
            return new Row(side.name(), Spread.of(values), medians);
        }

        private void add(String figure, double value) {
            figures.computeIfAbsent(figure, _ -> new ArrayList<>()).add(value);
        }
    }
}
