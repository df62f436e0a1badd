package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.stream.StreamBuffer.Item;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The rows that a producer sends by `pier_stream`, and the credit that it gets for them. For the consumer's
/// thread.
///
/// The producer may have one window of rows and bytes under way. Consumed rows are granted again by half a
/// window, so that many rows cost one message back.
///
/// ```
/// {pier_stream, 1, Ref}    by the producer: the beginning, with the reference of its rows
/// {Ref, Size, Row}         by the producer: a row, and how many bytes of credit it takes
/// {Ref, Rows, Bytes}       to the producer: credit
/// ```
final class ProducerRows implements StreamItems {
    /// Limits rows that are so small that the bytes of the window would not limit them.
    static final int WINDOW_ROWS = 1024;

    private static final Atom PIER_STREAM = Atom.of("pier_stream");
    private static final long VERSION = 1;
    private static final DecodeLimits HELLO = new DecodeLimits(8, 1024, 100, 16);

    private final StreamCall call;
    private final StreamBuffer buffer;
    private Reference reference;
    private int rowsTaken;
    private long bytesTaken;
    private @Nullable EncodedTerm next;

    /// @param reference the reference of the rows
    ProducerRows(StreamCall call, Reference reference) {
        this.call = call;
        this.buffer = call.buffer();
        this.reference = reference;
        grant(WINDOW_ROWS, call.window());
    }

    /// The reference of the rows that follow, if the message is the beginning of a producer's stream; otherwise
    /// `null`.
    ///
    /// @throws MalformedTerm if the peer's `pier_stream` has another version
    static @Nullable Reference begin(EncodedTerm message) {
        if (message.length() > HELLO.bytes()
                || !(message.decode(HELLO) instanceof Tuple hello)
                || !hello.is(PIER_STREAM, 3)
                || !(hello.get(2) instanceof Reference rows)) {
            return null;
        }
        if (!hello.get(1).equals(IntegerTerm.of(VERSION))) {
            throw new MalformedTerm(
                    "the version of pier_stream on the peer is " + hello.get(1) + " instead of " + VERSION);
        }
        return rows;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            if (!(buffer.next() instanceof Item.Message(EncodedTerm message))) {
                return false;
            }
            take(message);
            buffer.remove();
        }
        return true;
    }

    private void take(EncodedTerm message) {
        EtfInput in = message.open(call.limits());
        if (in.read1() == Tag.SMALL_TUPLE
                && in.read1() == 3
                && in.peek1() == Tag.NEWER_REFERENCE
                && TermDecoder.decodeReference(in).equals(reference)) {
            bytesTaken += TermDecoder.decodeLong(in);
            rowsTaken++;
            next = message.from(in);
            return;
        }
        // The function may run one producer after the other. Other messages to the caller are discarded.
        Reference another = begin(message);
        if (another != null) {
            reference = another;
            rowsTaken = 0;
            bytesTaken = 0;
            grant(WINDOW_ROWS, call.window());
        }
    }

    @Override
    public EncodedTerm next() {
        EncodedTerm row = Objects.requireNonNull(next);
        next = null;
        if (rowsTaken >= WINDOW_ROWS / 2 || bytesTaken >= call.window() / 2) {
            grant(rowsTaken, bytesTaken);
            rowsTaken = 0;
            bytesTaken = 0;
        }
        return row;
    }

    private void grant(int rows, long bytes) {
        Term credit = Tuple.of(reference, IntegerTerm.of(rows), IntegerTerm.of(bytes));
        call.send(credit);
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
