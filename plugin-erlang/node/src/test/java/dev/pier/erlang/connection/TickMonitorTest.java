package dev.pier.erlang.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TickMonitorTest {
    private final ConnectionStats stats = new ConnectionStats();
    private final AtomicInteger ticks = new AtomicInteger();
    private final List<Long> silences = new ArrayList<>();

    private TickMonitor monitor(Duration tickTime) {
        return new TickMonitor(stats, ticks::incrementAndGet, tickTime, silences::add);
    }

    @Test
    void ticksOnlyWhenNothingElseWasWritten() {
        TickMonitor monitor = monitor(Duration.ofSeconds(60));
        monitor.run();
        assertThat(ticks).hasValue(1);
        stats.sent(4, 1);
        monitor.run();
        assertThat(ticks).hasValue(1);
        monitor.run();
        assertThat(ticks).hasValue(2);
    }

    @Test
    void aTickThatFailsIsNotTheLast() {
        List<Integer> runs = new ArrayList<>();
        TickMonitor monitor = new TickMonitor(
                stats,
                () -> {
                    runs.add(runs.size());
                    throw new AssertionError("a tick that fails");
                },
                Duration.ofSeconds(60),
                silences::add);
        monitor.run();
        monitor.run();
        assertThat(runs).hasSize(2);
    }

    @Test
    void aSilentPeerIsReported() {
        // Every run is later than the one before, so the time limit of a nanosecond is always over.
        TickMonitor monitor = monitor(Duration.ofNanos(1));
        monitor.run();
        assertThat(silences).hasSize(1);
    }

    @Test
    void silenceDoesNotCountWhileTheReaderIsNotReading() {
        TickMonitor monitor = monitor(Duration.ofNanos(1));
        stats.reading(false);
        monitor.run();
        assertThat(silences).isEmpty();
        stats.reading(true);
        monitor.run();
        assertThat(silences).hasSize(1);
    }

    @Test
    void anyByteIsASignOfLife() {
        TickMonitor monitor = monitor(Duration.ofNanos(1));
        for (int i = 0; i < 10; i++) {
            stats.received(1);
            monitor.run();
        }
        assertThat(silences).isEmpty();
    }
}
