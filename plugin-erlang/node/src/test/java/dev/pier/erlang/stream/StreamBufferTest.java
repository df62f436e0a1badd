package dev.pier.erlang.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.call.ErpcCall;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.stream.StreamBuffer.Item;
import dev.pier.erlang.testing.Await;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StreamBufferTest {
    private static final Item PART = new Item.Part(EncodedTerm.of(new byte[400]));

    private final StreamBuffer inflow = new StreamBuffer(1000);

    private Item peek() throws InterruptedException {
        return Objects.requireNonNull(inflow.peek(System.nanoTime() + Await.PATIENCE.toNanos()));
    }

    @Test
    void theReaderWaitsAtTheWindowUntilThereIsRoom() throws Exception {
        inflow.put(PART);
        inflow.put(PART);
        Thread reader = Thread.ofPlatform().start(() -> inflow.put(PART));
        Await.until("the reader to wait", () -> reader.getState() == Thread.State.WAITING);
        assertThat(inflow.bytes()).isLessThanOrEqualTo(1000);
        peek();
        inflow.remove();
        reader.join();
        assertThat(inflow.bytes()).isLessThanOrEqualTo(1000);
    }

    @Test
    void oneItemMayBeLargerThanTheWindow() throws Exception {
        inflow.put(new Item.Message(EncodedTerm.of(new byte[5000])));
        assertThat(peek()).isInstanceOf(Item.Message.class);
    }

    @Test
    void theEndComesBehindWhatWasThere() throws Exception {
        inflow.put(PART);
        inflow.end(new ErpcCall.Outcome.Oversized("a limit"));
        inflow.end(null);
        assertThat(peek()).isSameAs(PART);
        inflow.remove();
        assertThat(peek()).isEqualTo(new Item.End(new ErpcCall.Outcome.Oversized("a limit")));
        assertThat(peek()).isInstanceOf(Item.End.class);
    }

    @Test
    void closingLetsBothSidesGo() throws Exception {
        inflow.put(PART);
        inflow.put(PART);
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> inflow.put(PART));
        inflow.close();
        Await.result("the reader", reader);
        inflow.put(PART);
        assertThat(inflow.bytes()).isZero();
        assertThat(peek()).isInstanceOf(Item.End.class);
    }
}
