package dev.pier.erlang.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriterTest {
    private final MemoryTransport transport = new MemoryTransport();
    private final OutboundQueue queue = new OutboundQueue(1000);
    private final Traffic traffic = new Traffic();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread = new Thread(new Writer(transport, queue, traffic, failure::set));

    @AfterEach
    void stop() throws InterruptedException {
        queue.close();
        transport.close();
        thread.join();
    }

    private String text() {
        return new String(transport.written(), StandardCharsets.US_ASCII);
    }

    private void awaitText(String expected) {
        Await.until("written: " + expected, Duration.ofSeconds(10), () -> text().length() >= expected.length());
        assertThat(text()).isEqualTo(expected);
    }

    @Test
    void allThatIsQueuedGoesInOneWrite() {
        queue.offer(TestSignal.of(1, "a"));
        queue.offer(TestSignal.of(2, "b"));
        queue.offer(TestSignal.of(1, "c"));
        thread.start();
        awaitText("abc");
        assertThat(transport.writes()).isEqualTo(1);
        assertThat(traffic.bytesOut()).isEqualTo(3);
        Await.until("room again", Duration.ofSeconds(10), () -> queue.depth() == 0 && queue.bytes() == 0);
    }

    @Test
    void fragmentsOfSeveralSendersTakeTurnsAndSmallSignalsGoBetween() {
        queue.offer(TestSignal.of(1, "A1", "A2", "A3"));
        queue.offer(TestSignal.of(2, "B1", "B2"));
        queue.offer(TestSignal.of(3, "c"));
        thread.start();
        awaitText("A1B1cA2B2A3");
    }

    @Test
    void aSendersLaterSignalsWaitForItsLargeOne() {
        queue.offer(TestSignal.of(1, "A1", "A2", "A3"));
        queue.offer(TestSignal.of(1, "x"));
        queue.offer(TestSignal.of(2, "b"));
        queue.offer(TestSignal.of(1, "Y1", "Y2"));
        queue.offer(TestSignal.of(1, "z"));
        thread.start();
        awaitText("A1bA2A3xY1Y2z");
    }

    @Test
    void aTickGoesBeforeWhatWaits() {
        queue.offer(TestSignal.of(1, "a"));
        queue.tick();
        thread.start();
        awaitText("\0\0\0\0a");
    }

    @Test
    void theBoundHoldsForOffersAndALargerOneForWhatTheProtocolDemands() {
        transport.stall(true);
        thread.start();
        String half = "x".repeat(500);
        assertThat(queue.offer(TestSignal.of(1, half))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.offer(TestSignal.of(1, half))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.offer(TestSignal.of(1, "y"))).isEqualTo(OutboundQueue.Offer.FULL);
        assertThat(queue.demand(TestSignal.of(1, half))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.demand(TestSignal.of(1, half))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.demand(TestSignal.of(1, "y"))).isEqualTo(OutboundQueue.Offer.FULL);
        transport.stall(false);
        Await.until("room again", Duration.ofSeconds(10), () -> queue.bytes() == 0);
        assertThat(queue.offer(TestSignal.of(1, "y"))).isEqualTo(OutboundQueue.Offer.TAKEN);
    }

    @Test
    void aSingleSignalMayBeLargerThanTheBound() {
        assertThat(queue.offer(TestSignal.of(1, "x".repeat(5000)))).isEqualTo(OutboundQueue.Offer.TAKEN);
    }

    @Test
    void afterClosingEverythingIsTurnedAwayAndTheThreadEnds() throws InterruptedException {
        thread.start();
        queue.close();
        thread.join(Duration.ofSeconds(10));
        assertThat(thread.isAlive()).isFalse();
        assertThat(queue.offer(TestSignal.of(1, "a"))).isEqualTo(OutboundQueue.Offer.CLOSED);
        assertThat(failure.get()).isNull();
    }

    @Test
    void aFailedWriteIsReported() {
        transport.close();
        queue.offer(TestSignal.of(1, "a"));
        thread.start();
        Await.until("the failure", Duration.ofSeconds(10), () -> failure.get() != null);
        assertThat(failure.get()).hasMessage("closed");
    }

    @Test
    void aFrameLargerThanTheBufferGoesOutWhole() {
        String large = "x".repeat(300_000);
        queue.offer(TestSignal.of(1, large));
        thread.start();
        awaitText(large);
    }
}
