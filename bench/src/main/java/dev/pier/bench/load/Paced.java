package dev.pier.bench.load;

import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
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
        Histogram all = new Histogram(3);
        long interval = (long) (connections / rate * 1e9);
        // Past by the time that all are connected: the first requests are not to be late.
        long begin = System.nanoTime() + Duration.ofMillis(50 + connections).toNanos();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Histogram>> parts = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                long first = begin + interval * i / connections;
                parts.add(threads.submit(() -> ask(first, interval, begin + time.toNanos())));
            }
            for (Future<Histogram> part : parts) {
                all.add(part.get());
            }
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("p50 ms", all.getValueAtPercentile(50) / NANOS_PER_MILLI);
        figures.put("p99.9 ms", all.getValueAtPercentile(99.9) / NANOS_PER_MILLI);
        figures.put("requests/s", all.getTotalCount() * 1e9 / time.toNanos());
        return new Work(all.getTotalCount(), all.getValueAtPercentile(99) / NANOS_PER_MILLI, figures);
    }

    private Histogram ask(long first, long interval, long end) throws Exception {
        Histogram latencies = new Histogram(3);
        try (Asker asker = new Asker(page)) {
            long id = 1;
            for (long due = first; due - end < 0; due += interval) {
                Asker.sleepUntil(due);
                asker.ask(id++);
                latencies.recordValue(System.nanoTime() - due);
            }
        }
        return latencies;
    }
}
