package dev.pier.bench.load;

import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/// A page under a fixed load. Each connection has a timetable, and a request's latency counts from when it should have
/// been sent: what waits behind a slow answer is late, too (no coordinated omission). Every answer is read and looked
/// at. The main figure is the 99th percentile, in milliseconds.
///
/// @param rate requests a second, over all connections
public record Paced(Page page, int connections, double rate) implements Side {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int DIGITS = 3;

    /// All threads are there by then: the first requests are not to be late.
    private static final Duration LEAD = Duration.ofMillis(50);

    @Override
    public String name() {
        return page.name();
    }

    @Override
    public Map<String, Long> processes() {
        return page.processes();
    }

    @Override
    public Work work(Duration time) throws Exception {
        Histogram all = new Histogram(DIGITS);
        List<Asker> askers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < connections; i++) {
                askers.add(new Asker(page));
            }
            long interval = (long) (connections / rate * 1e9);
            long begin = System.nanoTime() + LEAD.toNanos();
            List<Future<Histogram>> parts = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                Asker asker = askers.get(i);
                long first = begin + interval * i / connections;
                parts.add(threads.submit(() -> ask(asker, first, interval, begin + time.toNanos())));
            }
            for (Future<Histogram> part : parts) {
                all.add(part.get());
            }
        } finally {
            for (Asker asker : askers) {
                asker.close();
            }
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("p50 ms", all.getValueAtPercentile(50) / NANOS_PER_MILLI);
        figures.put("p99.9 ms", all.getValueAtPercentile(99.9) / NANOS_PER_MILLI);
        figures.put("requests/s", all.getTotalCount() * 1e9 / time.toNanos());
        return new Work(all.getTotalCount(), all.getValueAtPercentile(99) / NANOS_PER_MILLI, figures);
    }

    private static Histogram ask(Asker asker, long first, long interval, long end) throws IOException {
        Histogram latencies = new Histogram(DIGITS);
        long id = 1;
        for (long due = first; due - end < 0; due += interval) {
            Asker.sleepUntil(due);
            asker.ask(id++);
            latencies.recordValue(System.nanoTime() - due);
        }
        return latencies;
    }
}
