package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.credit.SharedBytes;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.mailbox.MessageQueue.Entry;
import dev.pier.erlang.mailbox.MessageQueue.Result;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.testing.Await;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageQueueTest {
    private static final EncodedMessage.Decoding DECODING =
            new EncodedMessage.Decoding(new EtfValueMapper(), DecodeLimits.DEFAULT);

    private static final Atom SENDER = Atom.of("a@h");
    private static final Pid PID = new Pid(Atom.of("a@h"), 1, 0, 1);

    private final SharedBytes shared = new SharedBytes(1000);
    private final MessageQueue queue = new MessageQueue(3, 10, shared);

    private static EncodedTerm term(int bytes) {
        return EncodedTerm.of(new byte[bytes]);
    }

    private static EncodedMessage message() {
        return EncodedMessage.sent(term(2), DECODING);
    }

    private Result offer(EncodedMessage message) {
        return queue.offer(message, term(2), SENDER);
    }

    private @Nullable Entry next(@Nullable Entry previous) throws InterruptedException {
        return queue.awaitAfter(previous, System.nanoTime());
    }

    private static Thread startWaiting(FutureTask<?> task, boolean virtual) {
        Thread thread =
                virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().start(task);
        Await.until(
                "the receiver to wait",
                Duration.ofSeconds(10),
                () -> thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING);
        return thread;
    }

    private Callable<@Nullable Entry> await() {
        return () -> queue.awaitAfter(null, System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMessageWakesAReceiver(boolean virtual) throws Exception {
        FutureTask<@Nullable Entry> received = new FutureTask<>(await());
        startWaiting(received, virtual);
        EncodedMessage message = message();
        assertThat(offer(message)).isEqualTo(Result.ADDED);
        assertThat(Objects.requireNonNull(received.get(10, TimeUnit.SECONDS)).message())
                .isSameAs(message);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingWakesAReceiver(boolean virtual) throws Exception {
        FutureTask<@Nullable Entry> received = new FutureTask<>(await());
        startWaiting(received, virtual);
        queue.close();
        assertThat(received.get(10, TimeUnit.SECONDS)).isNull();
        assertThat(offer(message())).isEqualTo(Result.CLOSED);
    }

    @Test
    void anEntryIsTakenOnce() throws InterruptedException {
        offer(message());
        Entry entry = Objects.requireNonNull(next(null));
        assertThat(next(null)).isSameAs(entry);
        assertThat(queue.take(entry)).isTrue();
        assertThat(queue.take(entry)).isFalse();
        assertThat(queue.size()).isZero();
    }

    @Test
    void theNextEntryIsFoundThoughThePreviousOneWasTaken() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            offer(message());
        }
        Entry first = Objects.requireNonNull(next(null));
        Entry second = Objects.requireNonNull(next(first));
        assertThat(queue.take(first)).isTrue();
        assertThat(next(first)).isSameAs(second);
        assertThat(queue.take(second)).isTrue();
        Entry third = Objects.requireNonNull(next(second));
        assertThat(next(first)).isSameAs(third);
        assertThat(next(third)).isNull();
    }

    @Test
    void messagesBeyondTheLimitsAreDroppedButReportsAreAdded() {
        for (int i = 0; i < 3; i++) {
            assertThat(offer(message())).isEqualTo(Result.ADDED);
        }
        assertThat(offer(message())).isEqualTo(Result.FIRST_DROPPED);
        assertThat(offer(message())).isEqualTo(Result.DROPPED);
        assertThat(queue.dropped()).isEqualTo(2);
        queue.add(message(), SENDER);
        assertThat(queue.size()).isEqualTo(4);
        queue.poll();
        queue.poll();
        assertThat(queue.offer(message(), term(9), SENDER)).isEqualTo(Result.DROPPED);
        assertThat(queue.offer(message(), term(8), SENDER)).isEqualTo(Result.ADDED);
    }

    @Test
    void memoryIsSharedWithOtherQueuesAndGivenBack() {
        SharedBytes twenty = new SharedBytes(20);
        MessageQueue first = new MessageQueue(100, 1000, twenty);
        MessageQueue second = new MessageQueue(100, 1000, twenty);
        Atom flooding = Atom.of("b@h");
        assertThat(first.offer(message(), term(6), flooding)).isEqualTo(Result.ADDED);
        assertThat(second.offer(message(), term(4), flooding)).isEqualTo(Result.ADDED);
        // It has taken ten, and leaves ten free.
        assertThat(first.offer(message(), term(1), flooding)).isEqualTo(Result.FIRST_DROPPED);
        assertThat(second.offer(message(), term(1), flooding)).isEqualTo(Result.FIRST_DROPPED);
        assertThat(second.offer(message(), term(5), SENDER)).isEqualTo(Result.ADDED);
        assertThat(second.add(exit(3), SENDER)).isEqualTo(Result.ADDED);
        assertThat(twenty.total()).isEqualTo(15);
        first.poll();
        assertThat(first.offer(message(), term(2), flooding)).isEqualTo(Result.ADDED);
        second.close();
        assertThat(twenty.total()).isEqualTo(2);
        first.close();
        assertThat(twenty.total()).isZero();
    }

    private static EncodedMessage exit(int reasonBytes) {
        return EncodedMessage.exit(PID, ExitReason.of(term(reasonBytes), DecodeLimits.DEFAULT), DECODING);
    }

    @Test
    void allBytesThatAMessageRetainsCount() {
        EncodedTerm partOfFive = new EncodedTerm(new byte[5], 4, 1, new Atom[0]);
        assertThat(queue.offer(message(), partOfFive, SENDER)).isEqualTo(Result.ADDED);
        assertThat(queue.offer(message(), partOfFive, SENDER)).isEqualTo(Result.ADDED);
        assertThat(queue.offer(message(), partOfFive, SENDER)).isEqualTo(Result.FIRST_DROPPED);
        queue.poll();
        assertThat(queue.offer(message(), partOfFive, SENDER)).isEqualTo(Result.ADDED);
    }

    @Test
    void exitSignalsAreLimitedInNumberAndDisplaceNoMessages() {
        for (int i = 0; i < 3; i++) {
            assertThat(queue.add(exit(1), SENDER)).isEqualTo(Result.ADDED);
        }
        assertThat(queue.add(exit(1), SENDER)).isEqualTo(Result.FIRST_DROPPED);
        assertThat(offer(message())).isEqualTo(Result.ADDED);
        queue.poll();
        assertThat(queue.add(exit(1), SENDER)).isEqualTo(Result.ADDED);
    }

    @Test
    void reasonsBeyondTheLimitOfBytesAreDiscardedAndTheirReportsKept() throws InterruptedException {
        Atom unreadable = Atom.of("unreadable_reason");
        queue.add(exit(8), SENDER);
        queue.add(exit(8), SENDER);
        EncodedMessage down = EncodedMessage.down(
                new Reference(Atom.of("a@h"), 1, 1), PID, ExitReason.of(term(8), DecodeLimits.DEFAULT), DECODING);
        queue.add(down, SENDER);
        Entry first = Objects.requireNonNull(next(null));
        Entry second = Objects.requireNonNull(next(first));
        Entry third = Objects.requireNonNull(next(second));
        assertThat(first.message().retainedBytes()).isEqualTo(8);
        assertThat(second.message().exit())
                .hasValueSatisfying(exit -> assertThat(exit.reason()).isEqualTo(unreadable));
        assertThat(third.message().down())
                .hasValueSatisfying(ended -> assertThat(ended.reason()).isEqualTo(unreadable));
    }
}
