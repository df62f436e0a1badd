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
    private final ConnectionStats traffic = new ConnectionStats();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Writer writer = new Writer(transport, queue, traffic, failure::set);
    private final Thread thread = new Thread(writer);

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
        assertThat(queue.offer(TestSignal.of(1, "a"))).isEqualTo(OutboundQueue.Offer.TAKEN_WITH_TURN);
        assertThat(queue.offer(TestSignal.of(2, "b"))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.offer(TestSignal.of(1, "c"))).isEqualTo(OutboundQueue.Offer.TAKEN);
        writer.write();
        assertThat(text()).isEqualTo("abc");
        assertThat(transport.writes()).isEqualTo(1);
        assertThat(traffic.bytesOut()).isEqualTo(3);
        assertThat(queue.depth()).isZero();
        assertThat(queue.bytes()).isZero();
    }

    @Test
    void whoeverComesWhenNothingWaitsHasTheTurn() {
        queue.offer(TestSignal.of(1, "a"));
        writer.write();
        assertThat(queue.offer(TestSignal.of(2, "b"))).isEqualTo(OutboundQueue.Offer.TAKEN_WITH_TURN);
        writer.write();
        assertThat(text()).isEqualTo("ab");
    }

    @Test
    void whatIsPutInWithoutTheTurnGoesWithTheNextOrWhenTheTurnIsTaken() {
        assertThat(queue.demandWithoutTurn(TestSignal.of(1, "a"))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.offer(TestSignal.of(2, "b"))).isEqualTo(OutboundQueue.Offer.TAKEN_WITH_TURN);
        assertThat(queue.demandWithoutTurn(TestSignal.of(1, "c"))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.takeTurn()).isFalse();
        writer.write();
        assertThat(text()).isEqualTo("abc");
        assertThat(transport.writes()).isEqualTo(1);

        queue.demandWithoutTurn(TestSignal.of(1, "d"));
        assertThat(text()).isEqualTo("abc");
        assertThat(queue.takeTurn()).isTrue();
        writer.write();
        assertThat(text()).isEqualTo("abcd");
        assertThat(queue.takeTurn()).isFalse();
    }

    @Test
    void aSendersThreadLeavesToTheConnectionsOwnWhatFindsNoRoom() {
        transport.stall(true);
        queue.offer(TestSignal.of(1, "a"));
        writer.write();
        assertThat(queue.offer(TestSignal.of(2, "b"))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(text()).isEmpty();
        transport.stall(false);
        thread.start();
        awaitText("ab");
        Await.until("room again", Duration.ofSeconds(10), () -> queue.depth() == 0 && queue.bytes() == 0);
        Await.until(
                "the turn to be free",
                Duration.ofSeconds(10),
                () -> queue.offer(TestSignal.of(3, "c")) == OutboundQueue.Offer.TAKEN_WITH_TURN);
    }

    @Test
    void aSendersThreadDoesNotWriteOthersSignalsForLong() {
        OutboundQueue large = new OutboundQueue(1 << 20);
        Writer busy = new Writer(transport, large, traffic, failure::set);
        large.offer(TestSignal.of(1, "x".repeat(200_000)));
        large.offer(TestSignal.of(2, "y".repeat(200_000)));
        busy.write();
        assertThat(text().length()).isBetween(64 << 10, 300_000);
        assertThat(failure.get()).isNull();
    }

    @Test
    void whatHasGoneMakesRoomThoughMoreWaitsThanTheBufferHolds() {
        OutboundQueue large = new OutboundQueue(1 << 20);
        Writer busy = new Writer(transport, large, traffic, failure::set);
        for (int i = 0; i < 20; i++) {
            large.offer(TestSignal.of(i, "x".repeat(50_000)));
        }
        busy.write();
        int gone = text().length() / 50_000;
        assertThat(gone).isBetween(2, 19);
        assertThat(large.bytes()).isBetween((20L - gone) * 50_000, (21L - gone) * 50_000 + Buffers.MAX_BYTES);
        assertThat(large.depth()).isBetween(20 - gone, 22 - gone);
    }

    @Test
    void aFrameOfWhichOnlyAPartFoundRoomGoesOn() {
        transport.room(100);
        String frame = "x".repeat(950);
        queue.offer(TestSignal.of(1, frame));
        queue.offer(TestSignal.of(2, "end"));
        writer.write();
        assertThat(text()).isEqualTo("x".repeat(100));
        thread.start();
        awaitText(frame + "end");
        Await.until("room again", Duration.ofSeconds(10), () -> queue.bytes() == 0);
    }

    @Test
    void fragmentsOfSeveralSendersTakeTurnsAndSmallSignalsGoBetween() {
        queue.offer(TestSignal.of(1, "A1", "A2", "A3"));
        queue.offer(TestSignal.of(2, "B1", "B2"));
        queue.offer(TestSignal.of(3, "c"));
        writer.write();
        assertThat(text()).isEqualTo("A1B1cA2B2A3");
    }

    @Test
    void aSendersLaterSignalsWaitForItsLargeOne() {
        queue.offer(TestSignal.of(1, "A1", "A2", "A3"));
        queue.offer(TestSignal.of(1, "x"));
        queue.offer(TestSignal.of(2, "b"));
        queue.offer(TestSignal.of(1, "Y1", "Y2"));
        queue.offer(TestSignal.of(1, "z"));
        writer.write();
        assertThat(text()).isEqualTo("A1bA2A3xY1Y2z");
    }

    @Test
    void aTickIsAnEmptyFrame() {
        assertThat(queue.tick()).isEqualTo(OutboundQueue.Offer.TAKEN_WITH_TURN);
        writer.write();
        assertThat(text()).isEqualTo("\0\0\0\0");
    }

    @Test
    void whatWaitsShowsAsWellAsATickThatWeAreAlive() {
        queue.offer(TestSignal.of(1, "a"));
        assertThat(queue.tick()).isEqualTo(OutboundQueue.Offer.TAKEN);
        writer.write();
        assertThat(text()).isEqualTo("a");
    }

    @Test
    void theBoundHoldsForOffersAndALargerOneForWhatTheProtocolDemands() {
        String half = "x".repeat(500);
        assertThat(queue.offer(TestSignal.of(1, half))).isEqualTo(OutboundQueue.Offer.TAKEN_WITH_TURN);
        assertThat(queue.offer(TestSignal.of(1, half))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.offer(TestSignal.of(1, "y"))).isEqualTo(OutboundQueue.Offer.FULL);
        assertThat(queue.demand(TestSignal.of(1, half))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.demand(TestSignal.of(1, half))).isEqualTo(OutboundQueue.Offer.TAKEN);
        assertThat(queue.demand(TestSignal.of(1, "y"))).isEqualTo(OutboundQueue.Offer.FULL);
        writer.write();
        assertThat(queue.bytes()).isZero();
        assertThat(queue.offer(TestSignal.of(1, "y"))).isEqualTo(OutboundQueue.Offer.TAKEN_WITH_TURN);
    }

    @Test
    void aSingleSignalMayBeLargerThanTheBound() {
        assertThat(queue.offer(TestSignal.of(1, "x".repeat(5000)))).isEqualTo(OutboundQueue.Offer.TAKEN_WITH_TURN);
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
        writer.write();
        assertThat(failure.get()).hasMessage("closed");
    }

    @Test
    void aFrameLargerThanTheBufferGoesOutWhole() {
        String large = "x".repeat(300_000);
        queue.offer(TestSignal.of(1, large));
        writer.write();
        thread.start();
        awaitText(large);
    }
}
