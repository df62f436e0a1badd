package dev.pier.bench.results;

import dev.pier.bench.comparisons.Comparison;
import dev.pier.bench.comparisons.Run;
import dev.pier.bench.harness.Rounds;
import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
import dev.pier.bench.load.Paced;
import dev.pier.bench.sides.BeamNode;
import dev.pier.bench.sides.Driven;
import dev.pier.bench.sides.Pages;
import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A reply of one gigabyte, a list of maps, sent as JSON by a Pier with a heap of 128 MiB: to a fast client, compared
/// with another Erlang node that fetches the same list; and to a client that reads 1 MB/s, while other clients call.
public final class LargeReplies implements Comparison {
    private static final String HEAP = "128m";
    private static final int GIGABYTE = 1_000_000_000;
    private static final int QUICK_BYTES = 10_000_000;
    private static final int SLOW_READ = 32 << 10;
    private static final double SLOW_BYTES_PER_SECOND = 1e6;
    private static final double CALLS_PER_SECOND = 100;
    private static final int CONNECTIONS = 10;

    @Override
    public String name() {
        return "large";
    }

    @Override
    public void run(Run run) throws Exception {
        Scene scene = run.scene();
        BeamNode backend = scene.backend();
        long bytes = Long.parseLong(backend.command("prepare " + (run.quick() ? QUICK_BYTES : GIGABYTE)));
        try (Server pier = scene.startPierWithHeap("large", HEAP)) {
            fast(run, pier, backend, bytes);
            slow(run, pier, backend);
        } finally {
            backend.command("forget");
        }
    }

    private void fast(Run run, Server pier, BeamNode backend, long bytes) throws Exception {
        Rounds rounds = run.rounds().instead(run.quick() ? 1 : 3, Duration.ZERO, 1, Duration.ZERO);
        List<Row> rows = rounds.play(List.of(
                new WholeReply("Pier", pier, backend, bytes),
                Driven.in(run.scene().caller(), backend.pid(), "BEAM, erpc:call", "large " + backend.name(), 1)));
        run.report()
                .add(new Section(
                        name(),
                        "a reply of %,d MB, a list of maps".formatted(bytes / WholeReply.MEGABYTE),
                        "MB/s",
                        "Megabytes of the encoded term (`external_size`). Pier, with -Xmx" + HEAP
                                + ", sends it as JSON to an HTTP client; the other Erlang node decodes the term.",
                        rows));
        run.report().ratio("large-vs-beam", rows.get(0), rows.get(1), 1.2);
    }

    private void slow(Run run, Server pier, BeamNode backend) throws Exception {
        Paced alone = calls("calls alone", pier, backend);
        Paced beside = calls("calls beside a slow client", pier, backend);
        Rounds rounds =
                run.quick() ? run.rounds() : run.rounds().instead(5, Duration.ofSeconds(10), 1, Duration.ofSeconds(20));
        List<Row> rows = rounds.play(List.of(new Calls(alone, pier, false), new Calls(beside, pier, true)));
        run.report()
                .add(new Section(
                        name(),
                        "100 calls/s, alone and beside a client that reads 1 MB/s of the large reply",
                        "p99 ms",
                        "",
                        rows));
        run.report().ratio("calls-beside-slow-client", rows.get(0), rows.get(1), 1 / 1.5);
    }

    private static Paced calls(String name, Server pier, BeamNode backend) {
        return new Paced(Pages.page(name, pier.at("/call"), pier.pid(), backend), CONNECTIONS, CALLS_PER_SECOND);
    }

    /// Calls, alone or while a slow client reads the large reply, and Pier's heap after them.
    private record Calls(Paced paced, Server pier, boolean besideSlowClient) implements Side {
        @Override
        public String name() {
            return paced.name();
        }

        @Override
        public Map<String, Long> processes() {
            return paced.processes();
        }

        @Override
        public Work work(Duration time) throws Exception {
            if (!besideSlowClient) {
                return workWithHeap(time);
            }
            try (Download download = new Download(WholeReply.at(pier), SLOW_READ)) {
                Thread client = Thread.ofPlatform().daemon().start(() -> readSlowly(download));
                Work work = workWithHeap(time);
                if (!client.isAlive()) {
                    throw new IllegalStateException("the slow client's download ended before the round");
                }
                return work;
            }
        }

        private Work workWithHeap(Duration time) throws Exception {
            Work work = paced.work(time);
            Map<String, Double> figures = new LinkedHashMap<>(work.figures());
            figures.put("heap in use, MiB", pier.heapAfterCollection());
            return new Work(work.operations(), work.value(), figures);
        }

        private static void readSlowly(Download download) {
            long start = System.nanoTime();
            long read = 0;
            try {
                while (true) {
                    read += download.readPart();
                    long due = start + (long) (read / SLOW_BYTES_PER_SECOND * 1e9);
                    LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
                }
            } catch (IOException e) {
                // The socket was closed at the end of the round, or the download ended early, which work() detects.
            }
        }
    }
}
