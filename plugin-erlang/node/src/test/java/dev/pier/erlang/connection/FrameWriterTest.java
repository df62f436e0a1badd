package dev.pier.erlang.connection;

import static dev.pier.erlang.dist.TestSignals.large;
import static dev.pier.erlang.dist.TestSignals.small;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.connection.FrameWriter.Result;
import dev.pier.erlang.dist.TestSignals;
import dev.pier.erlang.testing.Await;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameWriterTest {
    private static final int LENGTH_BYTES = TestSignals.LENGTH_BYTES;

    private final MemoryTransport transport = new MemoryTransport();
    private final ConnectionStats stats = new ConnectionStats();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final FrameWriter writer = writer(1000);
    private final FrameWriter roomy = writer(1 << 20);
    private @Nullable Thread thread;

    private FrameWriter writer(long maxBytes) {
        return new FrameWriter(transport, stats, maxBytes, failure::set);
    }

    /// Every eighth write by a sender begins a burst, until one did not pay.
    private FrameWriter burstingWriter() {
        return new FrameWriter(transport, stats, 1 << 20, new Bursts(Bursts.WRITES, () -> 0), failure::set);
    }

    /// Enqueues and writes, up to the signal that begins a burst.
    private static String beginBurst(FrameWriter bursting) {
        for (int i = 1; i < Bursts.WRITES; i++) {
            assertThat(bursting.enqueue(small(1, "."))).isEqualTo(Result.ACCEPTED_OWNER);
            bursting.write();
        }
        assertThat(bursting.enqueue(small(1, "!"))).isEqualTo(Result.ACCEPTED);
        return ".".repeat(Bursts.WRITES - 1) + "!";
    }

    private Thread startThreadOf(FrameWriter started) {
        thread = Thread.ofPlatform().start(started);
        return thread;
    }

    @AfterEach
    void stop() throws InterruptedException {
        writer.close();
        roomy.close();
        transport.close();
        if (thread != null) {
            thread.join();
        }
    }

    private String text() {
        return String.join("", TestSignals.labels(transport.written()));
    }

    private void awaitText(String expected) {
        Await.until("written: " + expected, Duration.ofSeconds(10), () -> text().length() >= expected.length());
        assertThat(text()).isEqualTo(expected);
    }

    @Test
    void allQueuedSignalsAreWrittenAtOnce() {
        assertThat(writer.enqueue(small(1, "a"))).isEqualTo(Result.ACCEPTED_OWNER);
        assertThat(writer.enqueue(small(2, "b"))).isEqualTo(Result.ACCEPTED);
        assertThat(writer.enqueue(small(1, "c"))).isEqualTo(Result.ACCEPTED);
        writer.write();
        assertThat(text()).isEqualTo("abc");
        assertThat(transport.writes()).isEqualTo(1);
        assertThat(stats.bytesOut()).isEqualTo(3 * (LENGTH_BYTES + 1));
        assertThat(writer.depth()).isZero();
        assertThat(writer.bytes()).isZero();
    }

    @Test
    void aSenderBecomesTheWriteOwnerIfThereIsNone() {
        writer.enqueue(small(1, "a"));
        writer.write();
        assertThat(writer.enqueue(small(2, "b"))).isEqualTo(Result.ACCEPTED_OWNER);
        writer.write();
        assertThat(text()).isEqualTo("ab");
    }

    @Test
    void aSignalWithoutFlushIsWrittenWithTheNextOrWhenItsSenderBecomesTheOwner() {
        assertThat(writer.enqueueRequiredWithoutFlush(small(1, "a"))).isEqualTo(Result.ACCEPTED);
        assertThat(writer.enqueue(small(2, "b"))).isEqualTo(Result.ACCEPTED_OWNER);
        assertThat(writer.enqueueRequiredWithoutFlush(small(1, "c"))).isEqualTo(Result.ACCEPTED);
        assertThat(writer.becomeOwner()).isFalse();
        writer.write();
        assertThat(text()).isEqualTo("abc");
        assertThat(transport.writes()).isEqualTo(1);

        writer.enqueueRequiredWithoutFlush(small(1, "d"));
        assertThat(text()).isEqualTo("abc");
        assertThat(writer.becomeOwner()).isTrue();
        writer.write();
        assertThat(text()).isEqualTo("abcd");
        assertThat(writer.becomeOwner()).isFalse();
    }

    @Test
    void aSenderPassesToTheWriterThreadWhatFindsNoRoom() {
        transport.stall(true);
        writer.enqueue(small(1, "a"));
        writer.write();
        assertThat(writer.enqueue(small(2, "b"))).isEqualTo(Result.ACCEPTED);
        assertThat(text()).isEmpty();
        transport.stall(false);
        startThreadOf(writer);
        awaitText("ab");
        Await.until("room again", Duration.ofSeconds(10), () -> writer.depth() == 0 && writer.bytes() == 0);
        Await.until(
                "no write owner", Duration.ofSeconds(10), () -> writer.enqueue(small(3, "c")) == Result.ACCEPTED_OWNER);
    }

    @Test
    void aSenderDoesNotWriteTheSignalsOfOthersForLong() {
        roomy.enqueue(small(1, "x".repeat(200_000)));
        roomy.enqueue(small(2, "y".repeat(200_000)));
        roomy.write();
        assertThat(transport.written().length).isBetween(64 << 10, 300_000);
        assertThat(failure.get()).isNull();
    }

    @Test
    void writtenSignalsMakeRoomThoughMoreWaitsThanTheBufferHolds() {
        int size = 50_000;
        for (int i = 0; i < 20; i++) {
            roomy.enqueue(small(i, "x".repeat(size - LENGTH_BYTES)));
        }
        roomy.write();
        int written = transport.written().length / size;
        assertThat(written).isBetween(2, 19);
        assertThat(roomy.bytes()).isBetween((20L - written) * size, (21L - written) * size + Buffers.MAX_BYTES);
        assertThat(roomy.depth()).isBetween(20 - written, 22 - written);
    }

    @Test
    void theRestOfAPartlyWrittenFrameFollows() {
        transport.room(100);
        String frame = "x".repeat(950);
        writer.enqueue(small(1, frame));
        writer.enqueue(small(2, "end"));
        writer.write();
        assertThat(transport.written()).hasSize(100);
        startThreadOf(writer);
        awaitText(frame + "end");
        Await.until("room again", Duration.ofSeconds(10), () -> writer.bytes() == 0);
    }

    @Test
    void fragmentsOfSeveralSendersTakeTurnsWithSmallSignalsBetween() {
        roomy.enqueue(large(1, 'A', 3));
        roomy.enqueue(large(2, 'B', 2));
        roomy.enqueue(small(3, "c"));
        roomy.write();
        startThreadOf(roomy);
        awaitText("A1B1cA2B2A3");
    }

    @Test
    void theLaterSignalsOfASenderWaitForItsLargeOne() {
        roomy.enqueue(large(1, 'A', 3));
        roomy.enqueue(small(1, "x"));
        roomy.enqueue(small(2, "b"));
        roomy.enqueue(large(1, 'Y', 2));
        roomy.enqueue(small(1, "z"));
        roomy.write();
        startThreadOf(roomy);
        awaitText("A1bA2A3xY1Y2z");
    }

    @Test
    void theWriterThreadGathersTheSignalsOfABurst() {
        FrameWriter bursting = burstingWriter();
        String begin = beginBurst(bursting);
        for (int i = 0; i < 100; i++) {
            assertThat(bursting.enqueue(small(1, "x"))).isEqualTo(Result.ACCEPTED);
        }
        assertThat(text()).isEqualTo(begin.substring(0, begin.length() - 1));
        startThreadOf(bursting);
        awaitText(begin + "x".repeat(100));
        assertThat(transport.writes()).as("one for all that was gathered").isEqualTo(Bursts.WRITES);
        bursting.close();
    }

    @Test
    void aBurstEndsWhenFewSignalsCome() {
        FrameWriter bursting = burstingWriter();
        String begin = beginBurst(bursting);
        startThreadOf(bursting);
        awaitText(begin);
        Await.until(
                "no write owner",
                Duration.ofSeconds(10),
                () -> bursting.enqueue(small(1, "y")) == Result.ACCEPTED_OWNER);
        bursting.close();
    }

    @Test
    void aSenderThatFlushesTakesWhatTheWriterThreadGathers() {
        FrameWriter bursting = burstingWriter();
        String begin = beginBurst(bursting);
        bursting.enqueueWithoutFlush(small(1, "z"));
        assertThat(bursting.becomeOwner()).isTrue();
        bursting.write();
        assertThat(text()).isEqualTo(begin + "z");
        assertThat(bursting.enqueue(small(1, "y"))).as("the burst is over").isEqualTo(Result.ACCEPTED_OWNER);
        bursting.close();
    }

    @Test
    void manyBytesEndTheGathering() {
        FrameWriter bursting = burstingWriter();
        String begin = beginBurst(bursting);
        String large = "x".repeat(Buffers.MAX_BYTES);
        assertThat(bursting.enqueue(small(1, large))).isEqualTo(Result.ACCEPTED);
        startThreadOf(bursting);
        awaitText(begin + large);
        bursting.close();
    }

    @Test
    void aThreadAwaitsTheLastWrite() throws InterruptedException {
        FrameWriter bursting = burstingWriter();
        String begin = beginBurst(bursting);
        bursting.awaitAllWritten(Duration.ZERO);
        assertThat(bursting.depth()).isEqualTo(1);
        startThreadOf(bursting);
        bursting.awaitAllWritten(Duration.ofSeconds(10));
        assertThat(text()).isEqualTo(begin);
        bursting.close();
    }

    @Test
    void closingEndsTheWaitForTheLastWrite() throws InterruptedException {
        transport.stall(true);
        writer.enqueue(small(1, "a"));
        writer.write();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                writer.awaitAllWritten(Duration.ofDays(1));
            } catch (InterruptedException e) {
                failure.set(e);
            }
        });
        Await.until(
                "waiting",
                Duration.ofSeconds(10),
                () -> waiting.getState() == Thread.State.TIMED_WAITING || !waiting.isAlive());
        assertThat(waiting.isAlive()).isTrue();
        writer.close();
        assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
        assertThat(failure.get()).isNull();
    }

    @Test
    void closingEndsTheGathering() throws InterruptedException {
        FrameWriter bursting = burstingWriter();
        beginBurst(bursting);
        Thread started = startThreadOf(bursting);
        bursting.close();
        started.join(Duration.ofSeconds(10));
        assertThat(started.isAlive()).isFalse();
        assertThat(bursting.bytes()).isZero();
    }

    @Test
    void aTickIsAnEmptyFrame() {
        assertThat(writer.enqueueTick()).isEqualTo(Result.ACCEPTED_OWNER);
        writer.write();
        assertThat(transport.written()).containsExactly(0, 0, 0, 0);
    }

    @Test
    void aSignalThatWaitsReplacesATick() {
        writer.enqueue(small(1, "a"));
        assertThat(writer.enqueueTick()).isEqualTo(Result.ACCEPTED);
        writer.write();
        assertThat(text()).isEqualTo("a");
    }

    @Test
    void aSignalWithoutFlushIsWrittenAtTheNextTickAtTheLatest() {
        assertThat(writer.enqueueWithoutFlush(small(1, "a"))).isEqualTo(Result.ACCEPTED);
        assertThat(writer.enqueueTick()).isEqualTo(Result.ACCEPTED_OWNER);
        writer.write();
        assertThat(text()).isEqualTo("a");
    }

    @Test
    void requiredSignalsHaveALargerBound() {
        String half = "x".repeat(500 - LENGTH_BYTES);
        assertThat(writer.enqueue(small(1, half))).isEqualTo(Result.ACCEPTED_OWNER);
        assertThat(writer.enqueue(small(1, half))).isEqualTo(Result.ACCEPTED);
        assertThat(writer.enqueue(small(1, "y"))).isEqualTo(Result.FULL);
        assertThat(writer.enqueueRequired(small(1, half))).isEqualTo(Result.ACCEPTED);
        assertThat(writer.enqueueRequired(small(1, half))).isEqualTo(Result.ACCEPTED);
        assertThat(writer.enqueueRequired(small(1, "y"))).isEqualTo(Result.FULL);
        writer.write();
        assertThat(writer.bytes()).isZero();
        assertThat(writer.enqueue(small(1, "y"))).isEqualTo(Result.ACCEPTED_OWNER);
    }

    @Test
    void aSingleSignalMayExceedTheBound() {
        assertThat(writer.enqueue(small(1, "x".repeat(5000)))).isEqualTo(Result.ACCEPTED_OWNER);
    }

    @Test
    void aClosedWriterRefusesSignalsAndEndsItsThread() throws InterruptedException {
        Thread started = startThreadOf(writer);
        writer.close();
        started.join(Duration.ofSeconds(10));
        assertThat(started.isAlive()).isFalse();
        assertThat(writer.enqueue(small(1, "a"))).isEqualTo(Result.CLOSED);
        assertThat(failure.get()).isNull();
    }

    @Test
    void closingDropsWhatWaits() {
        writer.enqueue(small(1, "a"));
        writer.enqueue(small(2, "b"));
        writer.close();
        writer.write();
        assertThat(text()).isEmpty();
        assertThat(writer.depth()).isZero();
        assertThat(writer.bytes()).isZero();
        assertThat(writer.becomeOwner()).isFalse();
    }

    @Test
    void aFailedWriteIsReported() {
        transport.close();
        writer.enqueue(small(1, "a"));
        writer.write();
        assertThat(failure.get()).hasMessage("closed");
    }

    @Test
    void aFrameLargerThanTheBufferIsWrittenCompletely() {
        String frame = "x".repeat(300_000);
        writer.enqueue(small(1, frame));
        writer.write();
        startThreadOf(writer);
        awaitText(frame);
    }
}
