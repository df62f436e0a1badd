package dev.pier.erlang.json;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/// Writes terms as JSON, one after the other, also while they arrive. For one thread.
///
/// Terms up to a size are left to [JsonWriter]; larger containers are written part by part. Nesting is kept in
/// arrays, not on the thread's stack.
public final class JsonStream implements JsonSink {
    /// Up to this size a term is written as a whole.
    private static final int WHOLE_BYTES = 64 << 10;
    /// The maximum size of a single binary, because only its end shows whether it is text.
    private static final int SCALAR_BYTES = 16 << 20;

    /// A kind of container that has no tag of its own.
    private static final int NAMED_TUPLE = -1;
    /// More than the longest atom has.
    private static final int ATOM_BYTES = 2048;

    private static final int INITIAL_DEPTH = 8;

    private final JsonOutput out;
    private final JsonWriter writer;
    private final DecodeLimits limits;
    private final int wholeBytes;

    private int[] kinds = new int[INITIAL_DEPTH];
    private long[] remaining = new long[INITIAL_DEPTH];
    /// The names of the fields of the open native records that are still to be written, innermost first.
    private final Deque<EncodedTerm> names = new ArrayDeque<>();
    /// The same for tuples that are records.
    private final Deque<Iterator<Atom>> fields = new ArrayDeque<>();
    /// How many bytes they take.
    private int nameBytes;

    private int depth;
    private boolean first;

    /// @param writer a writer to the same output
    public JsonStream(JsonOutput out, JsonWriter writer, DecodeLimits limits) {
        this(out, writer, limits, WHOLE_BYTES);
    }

    /// @param wholeBytes the size up to which a term is written as a whole
    JsonStream(JsonOutput out, JsonWriter writer, DecodeLimits limits, int wholeBytes) {
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
    public void write(StreamingEtfInput input) throws IOException {
        value(input);
        while (depth > 0) {
            if (remaining[depth - 1] > 0) {
                next(input);
            } else {
                end(input);
            }
        }
    }

    private void next(StreamingEtfInput input) throws IOException {
        int top = depth - 1;
        remaining[top]--;
        if (kinds[top] == Tag.MAP) {
            EncodedTerm key = input.poll(WHOLE_BYTES);
            if (key == null) {
                throw new UnexpectedTerm("a key of a map is too long for JSON: more than " + WHOLE_BYTES + " bytes");
            }
            if (!writer.options().structNames() && JsonWriter.isStructKey(key.open(limits))) {
                // The next bytes may overwrite those of the key.
                key = key.copy();
                if (Tag.isAtom(input.peek1())) {
                    EncodedTerm _ = atom(input);
                    return;
                }
            }
            comma();
            writer.writeName(key.open(limits));
            value(input);
            return;
        }
        comma();
        if (kinds[top] == NAMED_TUPLE) {
            Iterator<Atom> ahead = fields.element();
            writer.writeName(ahead.next());
            if (!ahead.hasNext()) {
                fields.pop();
            }
        } else if (kinds[top] == Tag.RECORD) {
            EncodedTerm name = names.pop();
            nameBytes -= name.length();
            writer.writeName(name.open(limits));
        }
        value(input);
    }

    private void comma() throws IOException {
        if (!first) {
            out.raw(',');
        }
        first = false;
    }

    private void value(StreamingEtfInput input) throws IOException {
        EncodedTerm whole = input.poll(wholeBytes);
        if (whole != null) {
            write(whole);
            return;
        }
        switch (input.peek1()) {
            case Tag.LIST, Tag.MAP -> begin(input.read1(), input.readCount());
            case Tag.LARGE_TUPLE -> tuple(input, input.read1(), input.readCount());
            case Tag.SMALL_TUPLE -> tuple(input, input.read1(), input.read1());
            case Tag.RECORD -> record(input);
            default -> scalar(input);
        }
    }

    private void tuple(StreamingEtfInput input, int kind, long arity) throws IOException {
        if (arity == 0 || writer.options().records().isEmpty() || !Tag.isAtom(input.peek1())) {
            begin(kind, arity);
            return;
        }
        EncodedTerm tag = atom(input).copy();
        Atom name = TermDecoder.decodeAtom(tag.open(limits));
        List<Atom> known = writer.options()
                .records()
                .fields(name, (int) Math.min(arity - 1, Integer.MAX_VALUE))
                .orElse(null);
        if (known == null) {
            begin(kind, arity);
            remaining[depth - 1]--;
            comma();
            write(tag);
        } else {
            begin(NAMED_TUPLE, known.size());
            if (!known.isEmpty()) {
                fields.push(known.iterator());
            }
        }
    }

    /// Begins a native record. All names of its fields come before the first value, and are kept until they are
    /// written.
    private void record(StreamingEtfInput input) throws IOException {
        int kind = input.read1();
        long fields = input.readCount();
        if (input.read1() > 1) {
            throw new MalformedTerm("a record is exported (1) or not (0)");
        }
        atom(input);
        atom(input);
        List<EncodedTerm> own = new ArrayList<>();
        for (long i = 0; i < fields; i++) {
            EncodedTerm name = atom(input).copy();
            nameBytes += name.length();
            if (nameBytes > WHOLE_BYTES) {
                throw new UnexpectedTerm(
                        "a record is too large for JSON: its names have more than " + WHOLE_BYTES + " bytes");
            }
            own.add(name);
        }
        own.reversed().forEach(names::push);
        begin(kind, fields);
    }

    private static EncodedTerm atom(StreamingEtfInput input) {
        int tag = input.peek1();
        EncodedTerm atom = Tag.isAtom(tag) ? input.poll(ATOM_BYTES) : null;
        if (atom == null) {
            throw new MalformedTerm("tag " + tag + ": expected an atom");
        }
        return atom;
    }

    private void scalar(StreamingEtfInput input) throws IOException {
        EncodedTerm scalar = input.poll(Math.min(SCALAR_BYTES, limits.bytes()));
        if (scalar == null) {
            throw new UnexpectedTerm("a single value is too long for JSON: more than " + SCALAR_BYTES
                    + " bytes; writeBytes writes a binary of any size");
        }
        write(scalar);
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
        out.raw(isObject(kind) ? '{' : '[');
    }

    private void end(StreamingEtfInput input) throws IOException {
        int top = depth - 1;
        if (kinds[top] == Tag.LIST) {
            if (input.peek1() != Tag.NIL) {
                // The tail of an improper list becomes its last element.
                kinds[top] = Tag.LARGE_TUPLE;
                comma();
                value(input);
                return;
            }
            input.read1();
        }
        depth--;
        first = false;
        out.raw(isObject(kinds[top]) ? '}' : ']');
    }

    private static boolean isObject(int kind) {
        return kind == Tag.MAP || kind == Tag.RECORD || kind == NAMED_TUPLE;
    }
}
