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

    private final StreamingEtfInput flow;
    private final DecodeLimits limits;

    /// How many elements stand in the flow before the list's tail, or its next piece.
    private long cells;

    /// The end of the list, where that is one of small integers without tags.
    private @Nullable EtfInput integers;

    private boolean ended;

    ListElements(StreamingEtfInput flow, DecodeLimits limits) {
        this.flow = flow;
        this.limits = limits;
    }

    @Override
    public boolean hasNext() {
        // A list in the tail of a list goes on with it; so its beginning and its end are the same case.
        while (cells == 0 && integers == null && !ended) {
            head();
        }
        return !ended;
    }

    @Override
    public EncodedTerm next() {
        if (cells == 0) {
            return integer();
        }
        cells--;
        EncodedTerm element = flow.poll(limits.bytes());
        if (element == null) {
            throw new MalformedTerm(
                    "an element of more than " + limits.bytes() + " bytes (setting erlang.limits.message)");
        }
        return element;
    }

    @Override
    public void writeNext(JsonSink sink) throws IOException {
        if (cells == 0) {
            sink.write(integer());
        } else {
            cells--;
            sink.write(flow);
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

    private void head() {
        switch (flow.peek1()) {
            case Tag.NIL -> {
                flow.read1();
                ended = true;
            }
            case Tag.LIST -> {
                flow.read1();
                cells = flow.readCount();
            }
            case Tag.STRING -> {
                EtfInput in =
                        Objects.requireNonNull(flow.poll(STRING_BYTES)).copy().open(limits);
                in.skip(3);
                ended = in.remaining() == 0;
                integers = ended ? null : in;
            }
            default -> throw new UnexpectedTerm("expected a list to stream its elements, got " + Excerpt.ofNext(flow));
        }
    }

    /// A returned value arrives as fast as the network brings it.
    @Override
    public boolean await(Duration patience) {
        return true;
    }
}
