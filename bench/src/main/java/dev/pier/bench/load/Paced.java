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

/// A page under a fixed load. Each connection has a schedule, and the latency of a request counts from its scheduled
/// time, so requests that wait behind a slow response count as slow, too (no coordinated omission). Every response is
/// checked. The main figure is the 99th percentile in milliseconds.
///
/// @param rate requests per second over all connections
public record Paced(Page page, int connections, double rate) implements Side {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int DIGITS = 3;

    /// Time to start all threads, so that the first requests are not late.
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
        List<PageConnection> open = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < connections; i++) {
                open.add(new PageConnection(page));
            }
            long interval = (long) (connections / rate * 1e9);
            long start = System.nanoTime() + LEAD.toNanos();
            List<Future<Histogram>> parts = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                PageConnection connection = open.get(i);
                long first = start + interval * i / connections;
                parts.add(threads.submit(() -> request(connection, first, interval, start + time.toNanos())));
            }
            for (Future<Histogram> part : parts) {
                all.add(part.get());
            }
        } finally {
            for (PageConnection connection : open) {
                connection.close();
            }
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("p50 ms", all.getValueAtPercentile(50) / NANOS_PER_MILLI);
        figures.put("p99.9 ms", all.getValueAtPercentile(99.9) / NANOS_PER_MILLI);
        figures.put("requests/s", all.getTotalCount() * 1e9 / time.toNanos());
        return new Work(all.getTotalCount(), all.getValueAtPercentile(99) / NANOS_PER_MILLI, figures);
    }

    private static Histogram request(PageConnection connection, long first, long interval, long end)
            throws IOException {
        Histogram latencies = new Histogram(DIGITS);
        long id = 1;
        for (long due = first; due - end < 0; due += interval) {
            PageConnection.sleepUntil(due);
            connection.request(id++);
            latencies.recordValue(System.nanoTime() - due);
        }
        return latencies;
    }
}
