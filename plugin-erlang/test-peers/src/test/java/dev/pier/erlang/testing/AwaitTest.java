package dev.pier.erlang.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {
    private static final Duration SHORT = Duration.ofMillis(30);

    @Test
    void asksUntilTheValueIsAccepted() {
        AtomicInteger asked = new AtomicInteger();

        int value = Await.value("three", asked::incrementAndGet, seen -> seen == 3);

        assertThat(value).isEqualTo(3);
        assertThat(asked).hasValue(3);
    }

    @Test
    void asksAgainAfterAnException() {
        AtomicInteger asked = new AtomicInteger();

        Await.asserted("two", () -> assertThat(asked.incrementAndGet()).isEqualTo(2));

        assertThat(asked).hasValue(2);
    }

    @Test
    void asksOnceEvenWithoutTime() {
        Await.until("at once", Duration.ZERO, () -> true);
    }

    @Test
    void namesWhatWasAwaitedAndTheLastValue() {
        assertThatThrownBy(() -> Await.value("ten apples", SHORT, () -> 7, seen -> seen == 10))
                .isInstanceOf(AssertionError.class)
                .hasMessage("awaited ten apples for 30 ms; seen last: 7");
    }

    @Test
    void hasTheLastFailureAsItsCause() {
        AssertionError failure = new AssertionError("still closed");

        assertThatThrownBy(() -> Await.asserted("the door", SHORT, () -> {
                    throw failure;
                }))
                .hasMessageContainingAll("the door", "still closed")
                .hasCause(failure);
    }

    @Test
    void givesAFuturesResult() {
        assertThat(Await.result("done", CompletableFuture.completedFuture("x"))).isEqualTo("x");
        assertThatThrownBy(() -> Await.result("an answer", SHORT, new CompletableFuture<>()))
                .hasMessage("awaited an answer for 30 ms; not completed");

        IllegalStateException cause = new IllegalStateException("broken");
        assertThatThrownBy(() -> Await.result("an answer", CompletableFuture.failedFuture(cause)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("an answer", "broken")
                .hasCause(cause);
    }

    @Test
    void endsWhenItIsInterruptedAndKeepsTheMark() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> Await.until("nothing", () -> false)).hasMessageContaining("interrupted");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }
}
