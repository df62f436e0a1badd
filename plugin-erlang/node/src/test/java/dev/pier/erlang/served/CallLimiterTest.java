package dev.pier.erlang.served;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Atom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CallLimiterTest {
    private static final Atom ONE = Atom.of("one@host");
    private static final Atom TWO = Atom.of("two@host");
    private static final int MIB = 1 << 20;

    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    /// Starts calls that run until [#end].
    ///
    /// @return how many were accepted
    private int start(CallLimiter limiter, Atom peer, int calls, int requestBytes) {
        int accepted = 0;
        for (int i = 0; i < calls; i++) {
            Thread thread = limiter.tryReserve("call", peer, EncodedTerm.of(new byte[requestBytes]), this::await);
            if (thread != null) {
                thread.start();
                threads.add(thread);
                accepted++;
            }
        }
        return accepted;
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish() throws InterruptedException {
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void thePlacesOfOnePeerAreNotTheOthers() throws InterruptedException {
        CallLimiter limiter = new CallLimiter(new ServedLimits(10, 64L * MIB));
        assertThat(start(limiter, ONE, 12, 10)).isEqualTo(10);
        assertThat(start(limiter, TWO, 12, 10)).isEqualTo(10);
        assertThat(limiter.running()).isEqualTo(20);
        finish();
        assertThat(limiter.running()).isZero();
        assertThat(limiter.bytes()).isZero();
    }

    @Test
    void onePeerLeavesMemoryForTheOthers() throws InterruptedException {
        CallLimiter limiter = new CallLimiter(new ServedLimits(10_000, 64L * MIB));
        int first = start(limiter, ONE, 9_000, 100_000);
        assertThat(first).isBetween(250, 330);
        assertThat(start(limiter, TWO, 9_000, 100_000)).isBetween(first / 3, first);
        assertThat(limiter.bytes()).isLessThan(64L * MIB);
        finish();
        assertThat(limiter.bytes()).isZero();
    }

    @Test
    void smallRequestsCountForTheirThreads() {
        CallLimiter limiter = new CallLimiter(new ServedLimits(1_000_000, MIB));
        assertThat(start(limiter, ONE, 1_000, 10)).isLessThan(300);
        end.countDown();
    }

    @Test
    void aSingleRequestMayBeLargerThanTheLimit() {
        CallLimiter limiter = new CallLimiter(new ServedLimits(10, MIB));
        assertThat(start(limiter, ONE, 2, 2 * MIB)).isEqualTo(1);
        assertThat(start(limiter, TWO, 1, 10)).isZero();
        end.countDown();
    }

    @Test
    void limitsMustBeAboveZero() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ServedLimits(0, MIB));
        assertThatIllegalArgumentException().isThrownBy(() -> new ServedLimits(1, 0));
    }
}
