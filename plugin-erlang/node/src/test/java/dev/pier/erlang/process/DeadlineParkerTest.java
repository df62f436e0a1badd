package dev.pier.erlang.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineParkerTest {
    private static void waitUntil(long deadline, AtomicBoolean answer) {
        while (!answer.get()
                && System.nanoTime() < deadline
                && !Thread.currentThread().isInterrupted()) {
            DeadlineParker.park(answer, deadline);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-5, 0, 20, 700})
    void aWaitEndsAtItsDeadline(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        List<Thread> threads = new ArrayList<>();
        CountDownLatch tooEarly = new CountDownLatch(1);
        for (int i = 0; i < 20; i++) {
            Runnable waiting = () -> {
                waitUntil(deadline, new AtomicBoolean());
                if (System.nanoTime() < deadline) {
                    tooEarly.countDown();
                }
            };
            threads.add(
                    i % 2 == 0
                            ? Thread.startVirtualThread(waiting)
                            : Thread.ofPlatform().start(waiting));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(tooEarly.getCount()).isEqualTo(1);
    }

    @Test
    void anUnparkedThreadContinuesBeforeTheDeadline() throws InterruptedException {
        AtomicBoolean answer = new AtomicBoolean();
        long deadline = System.nanoTime() + TimeUnit.HOURS.toNanos(1);
        Thread thread = Thread.startVirtualThread(() -> waitUntil(deadline, answer));
        Await.until("waiting", Duration.ofSeconds(10), () -> thread.getState() == Thread.State.WAITING);
        answer.set(true);
        LockSupport.unpark(thread);
        thread.join();
        assertThat(System.nanoTime()).isLessThan(deadline);
    }

    @Test
    void anInterruptEndsTheWait() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.HOURS.toNanos(1);
        Thread thread = Thread.startVirtualThread(() -> waitUntil(deadline, new AtomicBoolean()));
        Await.until("waiting", Duration.ofSeconds(10), () -> thread.getState() == Thread.State.WAITING);
        thread.interrupt();
        thread.join();
        assertThat(System.nanoTime()).isLessThan(deadline);
    }

    @Test
    void theCheckingThreadCountsAsRunningWhileItWaitsForWork() {
        assertThat(DeadlineParker.isRunning()).isTrue();
    }
}
