package dev.pier.server.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.plugin.HealthCheck;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void nothingThatAStepThrowsEndsTheThread() throws Exception {
        CountDownLatch steps = new CountDownLatch(5);
        PeriodicTask task = new PeriodicTask("pier-test", SHORT, LONG, () -> {
            steps.countDown();
            switch ((int) steps.getCount()) {
                case 4 -> throw new OutOfMemoryError("of a test");
                case 3 -> throw new IllegalStateException();
                case 2 -> throw new InterruptedException();
                default -> Thread.currentThread().interrupt();
            }
        });
        task.start();

        assertThat(steps.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(task.liveness().check().up()).isTrue();
        task.stop();
        assertThat(task.awaitEnd(LONG)).isTrue();
    }

    @Test
    void stepThatDoesNotReturnIsDown() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        PeriodicTask task = new PeriodicTask("pier-test", SHORT, Duration.ZERO, () -> {
            entered.countDown();
            release.await();
        });
        HealthCheck liveness = task.liveness();
        assertThat(liveness.name()).isEqualTo("test");
        task.start();
        entered.await();

        while (liveness.check().up()) {
            Thread.onSpinWait();
        }
        assertThat(liveness.check().data().toString()).contains("the thread pier-test is stuck for");
        task.progress();
        release.countDown();
        task.stop();
        assertThat(task.awaitEnd(LONG)).isTrue();
        assertThat(liveness.check().up()).as("a stopped task").isTrue();
    }

    @Test
    void taskThatWasNeverStartedIsUp() throws Exception {
        PeriodicTask task = new PeriodicTask("pier-test", SHORT, SHORT, () -> {});
        assertThat(task.liveness().check().up()).isTrue();
        assertThat(task.awaitEnd(SHORT)).isTrue();
    }
}
