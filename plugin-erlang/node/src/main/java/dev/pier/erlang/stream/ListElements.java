package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.mapping.Excerpt;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The elements of a list that is still arriving.
final class ListElements implements StreamItems {
    /// The longest STRING_EXT.
    private static final int STRING_BYTES = 3 + 0xffff;

    private final StreamingEtfInput input;
    private final DecodeLimits limits;

    /// How many elements come in the input before the list's tail, or its next piece.
    private long cells;

    /// The rest of the list, where that is encoded as a string: small integers without tags.
    private @Nullable EtfInput integers;

    private boolean ended;

    ListElements(StreamingEtfInput input, DecodeLimits limits) {
        this.input = input;
        this.limits = limits;
    }

    @Override
    public boolean hasNext() {
        // A list in the tail of a list continues it, so its beginning and its end are the same case.
        while (cells == 0 && integers == null && !ended) {
            readHead();
        }
        return !ended;
    }

    @Override
    public EncodedTerm next() {
        if (cells == 0) {
            return integer();
        }
        cells--;
        EncodedTerm element = input.poll(limits.bytes());
        if (element == null) {
            throw new MalformedTerm(
                    "an element is too large: more than " + limits.bytes() + " bytes (setting erlang.limits.message)");
        }
        return element;
    }

    @Override
    public void writeNext(JsonSink sink) throws IOException {
        if (cells == 0) {
            sink.write(integer());
        } else {
            cells--;
            sink.write(input);
        }
    }

    private EncodedTerm integer() {
        EtfInput in = Objects.requireNonNull(integers);
        EncodedTerm integer = EncodedTerm.of(new byte[] {Tag.SMALL_INTEGER, (byte) in.read1()});
        if (in.remaining() == 0) {
            integers = null;
            ended = true;
        }
        return integer;
    }

    private void readHead() {
        switch (input.peek1()) {
            case Tag.NIL -> {
                input.read1();
                ended = true;
            }
            case Tag.LIST -> {
                input.read1();
                cells = input.readCount();
            }
            case Tag.STRING -> {
                EtfInput in =
                        Objects.requireNonNull(input.poll(STRING_BYTES)).copy().open(limits);
                in.skip(3);
                ended = in.remaining() == 0;
                integers = ended ? null : in;
            }
            default -> throw new UnexpectedTerm("expected a list to stream its elements, got " + Excerpt.ofNext(input));
        }
    }

    /// Always true: a returned value arrives without pauses of the function.
    @Override
    public boolean await(Duration patience) {
        return true;
    }
}
