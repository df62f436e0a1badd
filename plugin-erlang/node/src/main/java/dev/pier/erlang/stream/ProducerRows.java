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

/// The rows that a producer sends by `pier_stream`, and the credit that it gets for them. For the consumer's thread.
///
/// The producer may have so many rows and bytes on their way as the window holds; what has been taken is granted anew
/// by the half window, so that there is a message back for many rows. SPEC: pier_stream.erl.
final class ProducerRows implements StreamItems {
    /// For rows so small that the window's bytes would be no bound.
    static final int WINDOW_ROWS = 1024;

    private static final Atom PIER_STREAM = Atom.of("pier_stream");
    private static final long VERSION = 1;
    private static final DecodeLimits HELLO = new DecodeLimits(8, 1024, 100, 16);

    private final StreamReader intake;
    private final int window;
    private Reference reference;
    private int rowsTaken;
    private long bytesTaken;
    private @Nullable EncodedTerm next;

    /// @param reference what the producer marks its rows with
    ProducerRows(StreamReader intake, int window, Reference reference) {
        this.intake = intake;
        this.window = window;
        this.reference = reference;
        grant(WINDOW_ROWS, window);
    }

    /// The mark of the rows to come, if the message is the beginning of such a stream.
    static @Nullable Reference begin(EncodedTerm message) {
        if (message.length() > HELLO.bytes()
                || !(message.decode(HELLO) instanceof Tuple hello)
                || !hello.is(PIER_STREAM, 3)
                || !(hello.get(2) instanceof Reference mark)) {
            return null;
        }
        if (!hello.get(1).equals(IntegerTerm.of(VERSION))) {
            throw new MalformedTerm("the peer's pier_stream speaks version " + hello.get(1) + ", not " + VERSION);
        }
        return mark;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            if (!(intake.next() instanceof Item.Message(EncodedTerm message))) {
                return false;
            }
            take(message);
            intake.remove();
        }
        return true;
    }

    private void take(EncodedTerm message) {
        EtfInput in = message.open(intake.limits());
        if (in.read1() == Tag.SMALL_TUPLE
                && in.read1() == 3
                && in.peek1() == Tag.NEWER_REFERENCE
                && TermDecoder.decodeReference(in).equals(reference)) {
            bytesTaken += TermDecoder.decodeLong(in);
            rowsTaken++;
            next = message.from(in);
            return;
        }
        // The function may run one producer after the other. What else is sent to a caller is nothing to us.
        Reference another = begin(message);
        if (another != null) {
            reference = another;
            rowsTaken = 0;
            bytesTaken = 0;
            grant(WINDOW_ROWS, window);
        }
    }

    @Override
    public EncodedTerm next() {
        EncodedTerm row = Objects.requireNonNull(next);
        next = null;
        if (rowsTaken >= WINDOW_ROWS / 2 || bytesTaken >= window / 2) {
            grant(rowsTaken, bytesTaken);
            rowsTaken = 0;
            bytesTaken = 0;
        }
        return row;
    }

    private void grant(int rows, long bytes) {
        Term credit = Tuple.of(reference, IntegerTerm.of(rows), IntegerTerm.of(bytes));
        intake.send(credit);
    }

    @Override
    public void writeNext(JsonSink sink) throws IOException {
        sink.write(next());
    }

    @Override
    public boolean await(Duration patience) {
        return next != null || intake.await(patience);
    }
}
