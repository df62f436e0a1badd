package dev.pier.erlang.epmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeSharesTest {
    private static final Duration TOTAL = Duration.ofHours(4);

    @Test
    void anAttemptTakesAnEqualPartAndLeavesTheRest() {
        TimeShares shares = new TimeShares(TOTAL, 4);
        for (int left = 4; left >= 1; left--) {
            Duration share = TOTAL.dividedBy(left);
            assertThat(shares.next()).isBetween(share.minusMinutes(1), share);
        }
    }

    @Test
    void aTimeThatHasPassedLeavesAMillisecond() {
        TimeShares shares = new TimeShares(Duration.ZERO, 2);
        assertThat(shares.next()).isEqualTo(Duration.ofMillis(1));
        assertThat(shares.next()).isEqualTo(Duration.ofMillis(1));
        assertThat(shares.next()).isEqualTo(Duration.ofMillis(1));
    }
}
