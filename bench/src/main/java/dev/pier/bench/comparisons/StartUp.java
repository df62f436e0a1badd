package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Rounds;
import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Usage;
import dev.pier.bench.harness.Work;
import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Time from the start of `bin/pier` to the first response of a servlet that calls Erlang, without and with the cache
/// that `bin/pier aot` creates.
public final class StartUp implements Comparison {
    @Override
    public String name() {
        return "start";
    }

    @Override
    public void run(Run run) throws Exception {
        Scene scene = run.scene();
        scene.backend();
        Path cached = scene.folder().resolve("with-aot");
        execute("cp", "-a", scene.distribution().toString(), cached.toString());
        execute(cached.resolve("bin/pier").toString(), "aot");
        Rounds rounds = new Rounds(run.rounds().count(), Duration.ZERO, 1, Duration.ZERO);
        List<Row> rows = rounds.play(List.of(
                new Start("without a cache", scene, scene.distribution()),
                new Start("with the cache of bin/pier aot", scene, cached)));
        run.report().add(new Section(name(), "from start to the first answer that took a call", "ms", "", rows));
        run.report().ratio("aot-start", rows.get(0), rows.get(1), 1.6);
    }

    private static void execute(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        if (builder.start().waitFor() != 0) {
            throw new IOException("command failed: " + String.join(" ", command));
        }
    }

    private record Start(String name, Scene scene, Path home) implements Side {
        private static final double NANOS_PER_MILLI = 1e6;

        /// None: the process only exists during a round.
        @Override
        public Map<String, Long> processes() {
            return Map.of();
        }

        @Override
        public Work work(Duration time) throws Exception {
            long start = System.nanoTime();
            try (Server pier = scene.startPier("start", home)) {
                pier.get("/call?id=1");
                double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
                return new Work(
                        1,
                        millis,
                        Map.of(
                                "CPU ms",
                                Usage.of(pier.pid()).cpuMicros() / 1e3,
                                "MiB",
                                Usage.residentMebibytes(pier.pid())));
            }
        }
    }
}
