package dev.pier.bench.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The number and the duration of each side's rounds. The sides take turns (A B C A B C …), so that a temporary
/// disturbance of the machine affects all of them.
///
/// @param count the number of measured rounds
/// @param warmUp the duration of one warm-up turn, which is not measured
/// @param warmUpOperations the operations after which a side is warm; 0 for no warm-up
/// @param warmUpTurns the most turns of the warm-up, even if a side has not done these operations
/// @param time the duration of a round
/// @param profiler takes profiles of the measured rounds, if it is there
public record Rounds(
        int count,
        Duration warmUp,
        long warmUpOperations,
        int warmUpTurns,
        Duration time,
        @Nullable Profiler profiler) {
    private static final int WARM_UP_TURNS = 5;

    /// Rounds with at most 5 turns of warm-up.
    public static Rounds of(int count, Duration warmUp, long warmUpOperations, Duration time) {
        return new Rounds(count, warmUp, warmUpOperations, WARM_UP_TURNS, time, null);
    }

    /// Other rounds with the same profiler.
    public Rounds instead(int count, Duration warmUp, long warmUpOperations, Duration time) {
        return of(count, warmUp, warmUpOperations, time).profiledBy(profiler);
    }

    /// The same with so many times the operations and turns of warm-up, for sides that share code with each other:
    /// each changes what a JVM has compiled for the ones before.
    public Rounds warmer(int times) {
        return new Rounds(count, warmUp, times * warmUpOperations, times * warmUpTurns, time, profiler);
    }

    public Rounds profiledBy(@Nullable Profiler profiler) {
        return new Rounds(count, warmUp, warmUpOperations, warmUpTurns, time, profiler);
    }

    public List<Row> play(List<? extends Side> sides) throws Exception {
        List<Tally> tallies = new ArrayList<>();
        for (Side side : sides) {
            warmUp(side);
            tallies.add(new Tally(side, profiler == null ? List.of() : profiler.of(side)));
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
            for (Profiler.Profile profile : tally.profiles) {
                profile.end(row);
            }
            rows.add(row);
        }
        return rows;
    }

    /// Lets a side work until a JVM has had time to compile its code.
    private void warmUp(Side side) throws Exception {
        long operations = 0;
        for (int turn = 0; turn < warmUpTurns && operations < warmUpOperations; turn++) {
            operations += side.work(warmUp).operations();
        }
    }

    /// The results of one side's rounds.
    private static final class Tally {
        private final Side side;
        private final List<Profiler.Profile> profiles;
        private final List<Double> values = new ArrayList<>();
        private final Map<String, List<Double>> figures = new LinkedHashMap<>();

        Tally(Side side, List<Profiler.Profile> profiles) {
            this.side = side;
            this.profiles = profiles;
        }

        void play(Duration time) throws Exception {
            for (Profiler.Profile profile : profiles) {
                profile.start();
            }
            Usages before = Usages.of(side);
            Work work = side.work(time);
            Usages after = Usages.of(side);
            for (Profiler.Profile profile : profiles) {
                profile.stop();
            }
            values.add(work.value());
            work.figures().forEach(this::add);
            if (!side.processes().isEmpty()) {
                add(Row.CPU, after.cpuMicrosSince(before) / work.operations());
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
