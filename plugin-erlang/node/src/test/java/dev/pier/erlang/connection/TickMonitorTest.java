package dev.pier.erlang.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TickMonitorTest {
    private final ConnectionStats traffic = new ConnectionStats();
    private final AtomicInteger ticks = new AtomicInteger();
    private final List<Long> silences = new ArrayList<>();

    private TickMonitor liveness(Duration tickTime) {
        return new TickMonitor(traffic, ticks::incrementAndGet, tickTime, silences::add);
    }

    @Test
    void ticksOnlyWhenNothingElseWasWritten() {
        TickMonitor liveness = liveness(Duration.ofSeconds(60));
        liveness.run();
        assertThat(ticks).hasValue(1);
        traffic.sent(4, 1);
        liveness.run();
        assertThat(ticks).hasValue(1);
        liveness.run();
        assertThat(ticks).hasValue(2);
    }

    @Test
    void aSilentPeerIsTakenForDead() {
        // Every look at the clock is later than the last, so a patience of a nanosecond is always over.
        TickMonitor liveness = liveness(Duration.ofNanos(1));
        liveness.run();
        assertThat(silences).hasSize(1);
    }

    @Test
    void aConnectionThatWeDoNotReadIsNotDead() {
        TickMonitor liveness = liveness(Duration.ofNanos(1));
        traffic.listening(false);
        liveness.run();
        assertThat(silences).isEmpty();
        traffic.listening(true);
        liveness.run();
        assertThat(silences).hasSize(1);
    }

    @Test
    void anyByteIsASignOfLife() {
        TickMonitor liveness = liveness(Duration.ofNanos(1));
        for (int i = 0; i < 10; i++) {
            traffic.received(1);
            liveness.run();
        }
        assertThat(silences).isEmpty();
    }
}
