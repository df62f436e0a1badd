package dev.pier.erlang.json;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.Tag;
import java.io.IOException;
import java.util.Arrays;

/// Terms as JSON, one after the other, even while they arrive. For one thread.
///
/// Terms of a moderate size are left to [JsonWriter]; only containers beyond it are taken apart here, level by
/// level. Nesting is kept in arrays and not on the stack.
public final class JsonStream implements JsonSink {
    /// Up to this size a term is looked at as a whole.
    private static final int WHOLE_BYTES = 64 << 10;
    /// So long may a single binary be: whether it is text is known only at its end.
    private static final int LEAF_BYTES = 16 << 20;

    private static final int FIRST_DEPTH = 8;

    private final JsonOutput out;
    private final JsonWriter writer;
    private final DecodeLimits limits;
    private final int wholeBytes;

    private int[] kinds = new int[FIRST_DEPTH];
    private long[] remaining = new long[FIRST_DEPTH];
    private int depth;
    private boolean first;

    /// @param writer of terms to the same output
    public JsonStream(JsonOutput out, JsonWriter writer, DecodeLimits limits) {
        this(out, writer, limits, WHOLE_BYTES);
    }

    /// @param wholeBytes up to which size a term is looked at as a whole
    public JsonStream(JsonOutput out, JsonWriter writer, DecodeLimits limits, int wholeBytes) {
        this.wholeBytes = wholeBytes;
        this.out = out;
        this.writer = writer;
        this.limits = limits;
    }

    @Override
    public void write(EncodedTerm term) throws IOException {
        writer.write(term.open(limits));
    }

    @Override
    public void raw(char ascii) throws IOException {
        out.raw(ascii);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void write(StreamingEtfInput flow) throws IOException {
        value(flow);
        while (depth > 0) {
            if (remaining[depth - 1] > 0) {
                next(flow);
            } else {
                end(flow);
            }
        }
    }

    private void next(StreamingEtfInput flow) throws IOException {
        int top = depth - 1;
        remaining[top]--;
        comma();
        if (kinds[top] == Tag.MAP) {
            EncodedTerm key = flow.poll(WHOLE_BYTES);
            if (key == null) {
                throw new UnexpectedTerm("a key of more than " + WHOLE_BYTES + " bytes in a map");
            }
            writer.writeName(key.open(limits));
        }
        value(flow);
    }

    private void comma() throws IOException {
        if (!first) {
            out.raw(',');
        }
        first = false;
    }

    private void value(StreamingEtfInput flow) throws IOException {
        EncodedTerm whole = flow.poll(wholeBytes);
        if (whole != null) {
            write(whole);
            return;
        }
        switch (flow.peek1()) {
            case Tag.LIST, Tag.LARGE_TUPLE, Tag.MAP -> begin(flow.read1(), flow.readCount());
            case Tag.SMALL_TUPLE -> begin(flow.read1(), flow.read1());
            default -> leaf(flow);
        }
    }

    private void leaf(StreamingEtfInput flow) throws IOException {
        EncodedTerm leaf = flow.poll(Math.min(LEAF_BYTES, limits.bytes()));
        if (leaf == null) {
            throw new UnexpectedTerm("a single value of more than " + LEAF_BYTES
                    + " bytes, which is too long for JSON; writeBytes writes a binary as it is");
        }
        write(leaf);
    }

    private void begin(int kind, long count) throws IOException {
        if (depth == limits.depth()) {
            throw new MalformedTerm("nested deeper than " + limits.depth() + " (limit depth)");
        }
        if (depth == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * depth);
            remaining = Arrays.copyOf(remaining, 2 * depth);
        }
        kinds[depth] = kind;
        remaining[depth] = count;
        depth++;
        first = true;
        out.raw(kind == Tag.MAP ? '{' : '[');
    }

    private void end(StreamingEtfInput flow) throws IOException {
        int top = depth - 1;
        if (kinds[top] == Tag.LIST) {
            if (flow.peek1() != Tag.NIL) {
                // The tail of an improper list, as its last element.
                kinds[top] = Tag.LARGE_TUPLE;
                comma();
                value(flow);
                return;
            }
            flow.read1();
        }
        depth--;
        first = false;
        out.raw(kinds[top] == Tag.MAP ? '}' : ']');
    }
}
