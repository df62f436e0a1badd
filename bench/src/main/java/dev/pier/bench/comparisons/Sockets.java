package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Rounds;
import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
import dev.pier.bench.load.Frames;
import dev.pier.bench.sides.BeamNode;
import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/// Browsers that are Erlang processes and get ten messages a second each, alone and beside others that do not
/// read.
public final class Sockets implements Comparison {
    private static final int READERS = 900;
    private static final int SILENT = 100;

    @Override
    public String name() {
        return "sockets";
    }

    @Override
    public void run(Run run) throws Exception {
        Scene scene = run.scene();
        BeamNode backend = scene.backend();
        int readers = run.quick() ? READERS / 10 : READERS;
        int silent = run.quick() ? SILENT / 10 : SILENT;
        try (Server pier = scene.startPier("sockets", scene.distribution())) {
            Rounds rounds = run.quick()
                    ? run.rounds()
                    : run.rounds().instead(5, Duration.ofSeconds(10), 1, Duration.ofSeconds(10));
            List<Row> rows = rounds.play(List.of(
                    new Room("%,d that read".formatted(readers), pier, backend, readers, 0),
                    new Room("the same beside %,d that do not".formatted(silent), pier, backend, readers, silent)));
            run.report()
                    .add(new Section(
                            name(),
                            "browsers that are processes, 10 messages/s of 1 KB each",
                            "p99 ms",
                            "From the send in Erlang to the client. The heap is that after a full collection.",
                            rows));
            run.report().ratio("sockets-beside-silent", rows.get(0), rows.get(1), 1 / 1.5);
        }
    }

    /// A room of its own for each round.
    private record Room(String name, Server pier, BeamNode backend, int readers, int silent) implements Side {
        private static final int DIGITS = 3;
        private static final double MICROS_PER_MILLI = 1000;

        /// The kernel of a client that does not read keeps no more, so that Pier must.
        private static final int SMALL_BUFFER = 4 << 10;

        private static final String TIME = "\"t\":";

        @Override
        public Map<String, Long> processes() {
            return Map.of("Pier", pier.pid(), "Erlang", backend.pid());
        }

        @Override
        public Work work(Duration time) throws Exception {
            String room = "room" + System.nanoTime();
            List<Frames> open = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                try {
                    for (int i = 0; i < readers + silent; i++) {
                        open.add(new Frames(pier.at("/live/" + room), i < readers ? 0 : SMALL_BUFFER));
                    }
                    backend.awaitBrowsers(room, readers + silent);
                    Instant begin = Instant.now();
                    List<Future<Histogram>> parts = new ArrayList<>();
                    for (Frames reader : open.subList(0, readers)) {
                        parts.add(threads.submit(() -> receive(reader, begin, begin.plus(time))));
                    }
                    Histogram all = new Histogram(DIGITS);
                    for (Future<Histogram> part : parts) {
                        all.add(part.get());
                    }
                    return result(all, time);
                } finally {
                    for (Frames socket : open) {
                        socket.close();
                    }
                }
            }
        }

        private Work result(Histogram all, Duration time) throws IOException, InterruptedException {
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("p50 ms", all.getValueAtPercentile(50) / MICROS_PER_MILLI);
            figures.put("messages/s", all.getTotalCount() * 1e9 / time.toNanos());
            figures.put("heap in use, MiB", pier.heapAfterCollection());
            return new Work(all.getTotalCount(), all.getValueAtPercentile(99) / MICROS_PER_MILLI, figures);
        }

        /// Receives until a message comes after the end; one comes each 100 ms.
        private static Histogram receive(Frames socket, Instant begin, Instant end) throws IOException {
            long first = micros(begin);
            long last = micros(end);
            Histogram latencies = new Histogram(DIGITS);
            while (true) {
                String text = socket.next();
                long now = micros(Instant.now());
                int at = text.indexOf(TIME) + TIME.length();
                long sent = Long.parseLong(text, at, digitsEnd(text, at), 10);
                if (sent >= last) {
                    return latencies;
                }
                if (sent >= first) {
                    latencies.recordValue(Math.max(0, now - sent));
                }
            }
        }

        private static int digitsEnd(String text, int from) {
            int end = from;
            while (Character.isDigit(text.charAt(end))) {
                end++;
            }
            return end;
        }

        private static long micros(Instant time) {
            return ChronoUnit.MICROS.between(Instant.EPOCH, time);
        }
    }
}
