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

/// Time from the start of `bin/pier` to the first response of a servlet that calls Erlang, without and with an
/// AOT cache, and to that of a servlet in an embedded Jetty, which calls nothing.
public final class StartUp implements Comparison {
    private static final String MEMORY = "MiB";

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
        Rounds rounds = run.rounds().instead(run.rounds().count(), Duration.ZERO, 1, Duration.ZERO);
        List<Row> rows = rounds.play(List.of(
                new Start("Pier, without a cache", "/call?id=1", () -> scene.startPier("start", scene.distribution())),
                new Start("Pier, with the cache", "/call?id=1", () -> scene.startPier("start", cached)),
                new Start("embedded Jetty, no call", "/hello?id=1", () -> scene.startEmbeddedJetty("jetty"))));
        run.report().add(new Section(name(), "from start to the first answer", "ms", "", rows));
        Row jetty = rows.get(2);
        run.report().ratio("aot-start", rows.get(0), rows.get(1), 1.6);
        run.report().ratioAtMost("start", rows.get(0), jetty, 1.5);
        run.report().ratioAtMost("start-cached", rows.get(1), jetty, 1);
        run.report().ratioAtMost("memory-idle", MEMORY, rows.get(0), jetty, 1.3);
    }

    private static void execute(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        if (builder.start().waitFor() != 0) {
            throw new IOException("command failed: " + String.join(" ", command));
        }
    }

    /// Starts a server, which the caller closes.
    private interface Starter {
        Server start() throws IOException, InterruptedException;
    }

    private record Start(String name, String path, Starter starter) implements Side {
        private static final double NANOS_PER_MILLI = 1e6;

        /// None: the process only exists during a round.
        @Override
        public Map<String, Long> processes() {
            return Map.of();
        }

        @Override
        public Work work(Duration time) throws Exception {
            long start = System.nanoTime();
            try (Server server = starter.start()) {
                server.get(path);
                double millis = (System.nanoTime() - start) / NANOS_PER_MILLI;
                return new Work(
                        1,
                        millis,
                        Map.of(
                                "CPU ms",
                                Usage.of(server.pid()).cpuMicros() / 1e3,
                                MEMORY,
                                Usage.residentMebibytes(server.pid())));
            }
        }
    }
}
