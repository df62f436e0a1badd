package dev.pier.erlang.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.call.CallOutcome;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.stream.StreamBuffer.Item;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StreamBufferTest {
    private static final FunctionCall CALL =
            new FunctionCall(Atom.of("peer@host"), Atom.of("m"), Atom.of("f"), 0, _ -> {});
    private static final Item PART = new Item.Part(EncodedTerm.of(new byte[400]));

    private final StreamBuffer buffer = new StreamBuffer(CALL, 1000, null, Await.PATIENCE);

    private Item peek() {
        return Objects.requireNonNull(buffer.peek(System.nanoTime() + Await.PATIENCE.toNanos()));
    }

    @Test
    void theReaderWaitsAtTheWindowUntilThereIsRoom() throws Exception {
        buffer.put(PART);
        buffer.put(PART);
        Thread reader = Thread.ofPlatform().start(() -> buffer.put(PART));
        Await.until("the reader to wait", () -> reader.getState() == Thread.State.WAITING);
        assertThat(buffer.bytes()).isLessThanOrEqualTo(1000);
        peek();
        buffer.remove();
        reader.join();
        assertThat(buffer.bytes()).isLessThanOrEqualTo(1000);
    }

    @Test
    void oneItemMayBeLargerThanTheWindow() throws Exception {
        buffer.put(new Item.Message(EncodedTerm.of(new byte[5000])));
        assertThat(peek()).isInstanceOf(Item.Message.class);
    }

    @Test
    void theEndComesBehindWhatWasThere() throws Exception {
        buffer.put(PART);
        buffer.end(new CallOutcome.Oversized("a limit"));
        buffer.end(null);
        assertThat(peek()).isSameAs(PART);
        buffer.remove();
        assertThat(peek()).isEqualTo(new Item.End(new CallOutcome.Oversized("a limit")));
        assertThat(peek()).isInstanceOf(Item.End.class);
    }

    @Test
    void anEarlyEndIsAnExceptionOfTheConsumer() {
        buffer.put(PART);
        buffer.end(new CallOutcome.Oversized("a limit"));
        assertThat(buffer.next()).isSameAs(PART);
        buffer.remove();
        assertThatThrownBy(buffer::next)
                .isInstanceOf(MalformedTerm.class)
                .hasMessage("peer@host: m:f/0 sent something that was discarded: a limit");
        assertThatThrownBy(buffer::nextPart).isInstanceOf(MalformedTerm.class);
    }

    @Test
    void theEndOfAnAnswerIsNoException() {
        buffer.put(PART);
        buffer.end(null);
        assertThat(buffer.nextPart()).isNotNull();
        assertThat(buffer.nextPart()).isNull();
        buffer.close();
        assertThatThrownBy(buffer::nextPart).isInstanceOf(CallCancelled.class);
        assertThatThrownBy(buffer::next).isInstanceOf(CallCancelled.class);
    }

    @Test
    void anAnswerThatDoesNotBeginOrPausesIsATimeout() {
        assertThatThrownBy(() -> buffer.first(System.nanoTime()))
                .isInstanceOf(CallTimeout.class)
                .hasMessageStartingWith("peer@host: m:f/0 gave no answer within ");
        assertThatThrownBy(new StreamBuffer(CALL, 1000, null, Duration.ofMillis(1))::nextPart)
                .isInstanceOf(CallTimeout.class)
                .hasMessageEndingWith(" nothing arrived for 1 ms");
    }

    @Test
    void closingLetsBothSidesGo() throws Exception {
        buffer.put(PART);
        buffer.put(PART);
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> buffer.put(PART));
        buffer.close();
        Await.result("the reader", reader);
        buffer.put(PART);
        assertThat(buffer.bytes()).isZero();
        assertThat(peek()).isInstanceOf(Item.End.class);
    }
}
