package dev.pier.erlang.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BurstsTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);
    private final Bursts bursts = new Bursts(Bursts.WRITES, now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /// @return whether the last of so many writes begins a burst, and none before
    private boolean beginsWith(int writes, Duration between) {
        for (int write = 1; write < writes; write++) {
            pass(between);
            assertThat(bursts.beginWith()).as("write %s", write).isFalse();
        }
        pass(between);
        return bursts.beginWith();
    }

    private boolean beginsQuickly() {
        return beginsWith(Bursts.WRITES, Duration.ZERO);
    }

    @Test
    void quickWritesBeginABurst() {
        assertThat(beginsWith(Bursts.WRITES, Bursts.TIME.dividedBy(Bursts.WRITES)))
                .isTrue();
    }

    @Test
    void slowWritesDoNot() {
        Duration slow = Bursts.TIME.dividedBy(Bursts.WRITES).plusNanos(1);
        assertThat(beginsWith(Bursts.WRITES, slow)).isFalse();
        assertThat(beginsWith(Bursts.WRITES, slow)).isFalse();
    }

    @Test
    void quickWritesAfterSlowOnesBeginABurst() {
        assertThat(beginsWith(Bursts.WRITES, Duration.ofSeconds(1))).isFalse();
        assertThat(beginsQuickly()).isTrue();
    }

    @Test
    void aBurstGoesOnWhileEnoughSignalsCome() {
        assertThat(bursts.goOnAfter(Bursts.ENOUGH)).isTrue();
        assertThat(bursts.goOnAfter(Bursts.ENOUGH - 1)).isFalse();
    }

    @Test
    void aPauseFollowsABurstAndGrowsUpToItsBound() {
        Duration pause = Bursts.SHORTEST_PAUSE;
        for (int i = 0; i < 20; i++) {
            assertThat(bursts.goOnAfter(0)).isFalse();
            pass(pause.minusNanos(1));
            // The time since the last burst counts as that of the first writes.
            assertThat(beginsQuickly()).isFalse();
            pass(Duration.ofNanos(1));
            assertThat(beginsQuickly()).as("after a pause of %s", pause).isTrue();
            pause = pause.multipliedBy(2).compareTo(Bursts.LONGEST_PAUSE) < 0
                    ? pause.multipliedBy(2)
                    : Bursts.LONGEST_PAUSE;
        }
    }

    @Test
    void gatheringThatPaysShortensThePauseAgain() {
        for (int i = 0; i < 3; i++) {
            assertThat(bursts.goOnAfter(0)).isFalse();
        }
        for (int i = 0; i < 2; i++) {
            assertThat(bursts.goOnAfter(Bursts.ENOUGH)).isTrue();
        }
        assertThat(bursts.goOnAfter(0)).isFalse();
        pass(Bursts.SHORTEST_PAUSE.multipliedBy(2).minusNanos(1));
        assertThat(beginsQuickly()).as("too early, and the writes took long").isFalse();
        assertThat(beginsQuickly()).as("too early").isFalse();
        pass(Duration.ofNanos(1));
        assertThat(beginsQuickly()).isTrue();
    }
}
