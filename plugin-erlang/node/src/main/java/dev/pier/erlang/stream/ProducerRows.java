package dev.pier.erlang.stream;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.stream.StreamBuffer.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The rows that a producer sends by `pier_stream`. For the consumer's thread.
final class ProducerRows implements StreamItems {
    private final StreamCall call;
    private final StreamBuffer buffer;
    private final Credit credit;
    private @Nullable EncodedTerm next;

    /// @param hello the message with which the rows begin
    ProducerRows(StreamCall call, StreamHello hello) {
        this.call = call;
        this.buffer = call.buffer();
        this.credit = new Credit(call, hello);
        this.next = first(hello);
    }

    private @Nullable EncodedTerm first(StreamHello hello) {
        return hello.first() == null ? null : credit.take(hello.first());
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            if (!(buffer.next() instanceof Item.Message(EncodedTerm message))) {
                return false;
            }
            next = credit.take(message);
            if (next == null) {
                next = other(message);
            }
            buffer.remove();
        }
        return true;
    }

    /// The function may run one producer after the other. Other messages to the caller are discarded.
    private @Nullable EncodedTerm other(EncodedTerm message) {
        StreamHello another = StreamHello.of(message, call.limits());
        if (another == null || another.isAnswer()) {
            return null;
        }
        credit.begin(another);
        return first(another);
    }

    @Override
    public EncodedTerm next() {
        EncodedTerm row = Objects.requireNonNull(next);
        next = null;
        credit.refill();
        return row;
    }

    /// Tells the producer that no row is read any more.
    void leave() {
        credit.leave();
    }

    @Override
    public void writeNext(JsonSink sink) throws IOException {
        sink.write(next());
    }

    @Override
    public boolean await(Duration patience) {
        return next != null || buffer.await(patience);
    }
}
