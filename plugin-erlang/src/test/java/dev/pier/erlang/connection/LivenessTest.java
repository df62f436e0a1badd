package dev.pier.erlang.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LivenessTest {
    private final Traffic traffic = new Traffic();
    private final OutboundQueue queue = new OutboundQueue(1000);
    private final List<Long> silences = new ArrayList<>();

    private Liveness liveness(Duration tickTime) {
        return new Liveness(traffic, queue, tickTime, silences::add);
    }

    private boolean tickIsDue() throws InterruptedException {
        return Boolean.TRUE.equals(queue.takeAll(new ArrayDeque<>(), false));
    }

    @Test
    void ticksOnlyWhenNothingElseWasWritten() throws InterruptedException {
        Liveness liveness = liveness(Duration.ofSeconds(60));
        liveness.run();
        assertThat(tickIsDue()).isTrue();
        traffic.sent(4, 1);
        liveness.run();
        assertThat(tickIsDue()).isFalse();
        liveness.run();
        assertThat(tickIsDue()).isTrue();
    }

    @Test
    void aSilentPeerIsTakenForDead() {
        // Every look at the clock is later than the last, so a patience of a nanosecond is always over.
        Liveness liveness = liveness(Duration.ofNanos(1));
        liveness.run();
        assertThat(silences).hasSize(1);
    }

    @Test
    void aConnectionThatWeDoNotReadIsNotDead() {
        Liveness liveness = liveness(Duration.ofNanos(1));
        traffic.listening(false);
        liveness.run();
        assertThat(silences).isEmpty();
        traffic.listening(true);
        liveness.run();
        assertThat(silences).hasSize(1);
    }

    @Test
    void anyByteIsASignOfLife() {
        Liveness liveness = liveness(Duration.ofNanos(1));
        for (int i = 0; i < 10; i++) {
            traffic.received(1);
            liveness.run();
        }
        assertThat(silences).isEmpty();
    }
}
