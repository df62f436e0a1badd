package dev.pier.erlang.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.PeerCalls;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CallStatsTest {
    private final CallStats calls = new CallStats();

    @Test
    void beforeTheFirstCallThereIsNothing() {
        assertThat(calls.seen()).isEqualTo(PeerCalls.NONE);
    }

    @Test
    void quantilesAreThoseOfTheAnsweredCalls() {
        for (int i = 100; i >= 1; i--) {
            calls.ended(null, i);
        }
        calls.ended(new CallTimeout("late"), 1_000_000);

        assertThat(calls.seen())
                .isEqualTo(new PeerCalls(101, 1, Duration.ofNanos(50), Duration.ofNanos(90), Duration.ofNanos(99)));
    }

    @Test
    void onlyTheLatestCallsCount() {
        calls.ended(null, 1_000_000);
        for (int i = 0; i < 1024; i++) {
            calls.ended(null, 7);
        }

        assertThat(calls.seen())
                .isEqualTo(new PeerCalls(1025, 0, Duration.ofNanos(7), Duration.ofNanos(7), Duration.ofNanos(7)));
    }
}
