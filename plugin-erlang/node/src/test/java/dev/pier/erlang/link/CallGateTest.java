package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.PeerEvent.Kind;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class CallGateTest {
    private final CallGate gate = new CallGate(NodeName.parse("backend@h1"));
    private final AtomicInteger drained = new AtomicInteger();

    @Test
    void withoutCallsItIsDrainedAtOnce() {
        gate.shut(drained::incrementAndGet);
        assertThat(drained).hasValue(1);
        assertThat(gate.isDraining()).isTrue();
        assertThat(gate.enter()).isFalse();
        assertThat(gate.running()).isZero();
        assertThat(drained).hasValue(1);
    }

    @Test
    void itIsDrainedWithTheLastCall() {
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isTrue();
        gate.shut(drained::incrementAndGet);
        assertThat(gate.enter()).isFalse();
        gate.leave();
        assertThat(drained).hasValue(0);
        gate.leave();
        assertThat(drained).hasValue(1);
    }

    @Test
    void theLossOfTheConnectionOpensIt() {
        List<Kind> kinds = new ArrayList<>();
        gate.observe((_, kind, _) -> kinds.add(kind));
        assertThat(gate.enter()).isTrue();
        gate.shut(drained::incrementAndGet);
        gate.follow(new LinkState.Idle(), "connection lost", () -> {});
        assertThat(gate.isDraining()).isFalse();
        assertThat(gate.enter()).isTrue();
        gate.leave();
        gate.leave();
        // There is no connection to say it over.
        assertThat(drained).hasValue(0);
        gate.follow(new LinkState.Idle(), "connection lost", () -> {});
        assertThat(kinds).containsExactly(Kind.DRAINING, Kind.DOWN);
    }

    @Test
    void aRetiredGateStaysClosedUntilItIsKept() {
        assertThat(gate.enter()).isTrue();
        gate.retire(drained::incrementAndGet);
        gate.follow(new LinkState.Idle(), "connection lost", () -> {});
        assertThat(gate.enter()).as("after the loss of the connection").isFalse();
        assertThat(drained).hasValue(0);
        gate.leave();
        assertThat(drained).hasValue(1);
        assertThat(gate.enter()).isFalse();
        gate.keep();
        assertThat(gate.enter()).isTrue();
        gate.leave();
        assertThat(drained).hasValue(1);
    }

    @Test
    void aGateThatIsKeptBeforeItsLastCallEndsIsNotDrained() {
        assertThat(gate.enter()).isTrue();
        gate.retire(drained::incrementAndGet);
        gate.keep();
        assertThat(gate.enter()).isTrue();
        gate.leave();
        gate.leave();
        assertThat(drained).hasValue(0);
    }

    @Test
    void aDrainThatIsAwaitedEndsAlthoughTheGateRetires() {
        assertThat(gate.enter()).isTrue();
        gate.shut(drained::incrementAndGet);
        gate.retire(() -> drained.addAndGet(10));
        gate.leave();
        assertThat(drained).hasValue(11);
    }

    /// When it is drained, no call is inside, and none enters any more.
    @RepeatedTest(200)
    void noCallIsInsideWhenItIsDrained() throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        AtomicBoolean wrong = new AtomicBoolean();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(Thread.ofPlatform().start(() -> {
                while (gate.enter()) {
                    inside.incrementAndGet();
                    if (over.get()) {
                        wrong.set(true);
                    }
                    inside.decrementAndGet();
                    gate.leave();
                }
            }));
        }
        Await.until("calls", () -> inside.get() > 0 || gate.running() > 0);
        gate.shut(() -> {
            over.set(true);
            if (inside.get() != 0) {
                wrong.set(true);
            }
            drained.incrementAndGet();
        });
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(wrong).isFalse();
        assertThat(drained).hasValue(1);
        assertThat(gate.running()).isZero();
    }
}
