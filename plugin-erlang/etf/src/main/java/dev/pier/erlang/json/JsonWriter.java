package dev.pier.erlang.json;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.jackson.Charlists;
import dev.pier.erlang.jackson.MapShape;
import dev.pier.erlang.jackson.TupleNames;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes encoded terms as JSON, one after the other. For one thread.
///
/// Nesting is kept in arrays, not on the thread's stack, so that only the limits bound it.
public final class JsonWriter {
    private static final byte LIST = 0;
    private static final byte TUPLE = 1;
    private static final byte MAP = 2;
    private static final byte PROPLIST = 3;
    private static final byte RECORD = 4;
    /// A tuple whose elements have names.
    private static final byte NAMED = 5;

    private static final int INITIAL_DEPTH = 16;

    /// The length of the key `__struct__`, and its characters.
    private static final byte[] STRUCT = "\n__struct__".getBytes(StandardCharsets.US_ASCII);

    private final JsonOptions options;
    private final JsonOutput out;
    private final JsonScalars scalars;
    private final ProplistScan proplists = new ProplistScan();
    private final ChardataScan chardata = new ChardataScan();

    private byte[] kinds = new byte[INITIAL_DEPTH];
    private int[] remaining = new int[INITIAL_DEPTH];
    private @Nullable Set<Term>[] seen = newSets(INITIAL_DEPTH);
    /// Where the next name of a record is: all names come before the values.
    private int[] names = new int[INITIAL_DEPTH];
    /// The names of the elements of a tuple.
    private @Nullable List<Atom>[] fields = newLists(INITIAL_DEPTH);
    private boolean first;
    private int depth;

    public JsonWriter(JsonOptions options, JsonOutput out, AtomJsonCache atoms) {
        this.options = options;
        this.out = out;
        this.scalars = new JsonScalars(options, out, atoms);
    }

    JsonOptions options() {
        return options;
    }

    /// Writes the term at the cursor. Bytes after the term are an error.
    public void write(EtfInput in) throws IOException {
        depth = 0;
        proplists.reset();
        chardata.reset();
        value(in);
        while (depth > 0) {
            if (remaining[depth - 1] > 0) {
                next(in);
            } else {
                end(in);
            }
        }
        if (in.remaining() > 0) {
            throw new MalformedTerm(in.remaining() + " bytes after the term, which ends at byte " + in.position());
        }
    }

    /// Writes an atom as the name of a member, with the colon.
    void writeName(Atom name) throws IOException {
        scalars.name(name);
    }

    /// Writes the term as the name of a member, with the colon.
    void writeName(EtfInput in) throws IOException {
        scalars.name(in);
    }

    // Containers

    private void next(EtfInput in) throws IOException {
        int top = depth - 1;
        remaining[top]--;
        switch (kinds[top]) {
            case MAP -> {
                if (!options.structNames() && skipStructName(in)) {
                    return;
                }
                comma();
                scalars.name(in);
                value(in);
            }
            case PROPLIST -> entry(in, top);
            case RECORD -> {
                comma();
                nameOfRecord(in, top);
                value(in);
            }
            case NAMED -> {
                comma();
                List<Atom> all = Objects.requireNonNull(fields[top]);
                scalars.name(all.get(all.size() - 1 - remaining[top]));
                value(in);
            }
            default -> {
                comma();
                value(in);
            }
        }
    }

    /// Skips a pair that is the name of a struct of Elixir.
    private static boolean skipStructName(EtfInput in) {
        int start = in.position();
        if (isStructKey(in) && Tag.isAtom(in.peek1())) {
            TermDecoder.skip(in);
            return true;
        }
        in.seek(start);
        return false;
    }

    /// Whether the key at the cursor is `__struct__`. The cursor moves past it then.
    static boolean isStructKey(EtfInput in) {
        return switch (in.peek1()) {
            case Tag.SMALL_ATOM_UTF8 -> {
                int start = in.position() + 1;
                int end = start + STRUCT.length;
                boolean same = end <= in.position() + in.remaining()
                        && Arrays.equals(in.bytes(), start, end, STRUCT, 0, STRUCT.length);
                if (same) {
                    TermDecoder.skip(in);
                }
                yield same;
            }
            case Tag.ATOM_CACHE_REF -> TermDecoder.decodeAtom(in).equals(MapShape.STRUCT);
            default -> false;
        };
    }

    private void comma() throws IOException {
        if (!first) {
            out.raw(',');
        }
        first = false;
    }

    private void entry(EtfInput in, int top) throws IOException {
        boolean bare = Tag.isAtom(in.peek1());
        if (!bare) {
            TermDecoder.decodeTupleArity(in);
        }
        int position = in.position();
        Term key = TermDecoder.decode(in);
        Set<Term> known = seen[top];
        if (known == null) {
            known = new HashSet<>();
            seen[top] = known;
        }
        if (!known.add(key)) {
            if (!bare) {
                TermDecoder.skip(in);
            }
            return;
        }
        in.seek(position);
        comma();
        scalars.name(in);
        if (bare) {
            scalars.truth();
        } else {
            value(in);
        }
    }

    private void begin(EtfInput in, byte kind, int size, char bracket) throws IOException {
        in.enter();
        if (depth == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * depth);
            remaining = Arrays.copyOf(remaining, 2 * depth);
            seen = Arrays.copyOf(seen, 2 * depth);
            names = Arrays.copyOf(names, 2 * depth);
            fields = Arrays.copyOf(fields, 2 * depth);
        }
        kinds[depth] = kind;
        remaining[depth] = size;
        seen[depth] = null;
        depth++;
        first = true;
        out.raw(bracket);
    }

    private void end(EtfInput in) throws IOException {
        byte kind = kinds[depth - 1];
        if (kind == LIST && in.peek1() != Tag.NIL) {
            // The tail of an improper list becomes its last element.
            kinds[depth - 1] = TUPLE;
            comma();
            value(in);
            return;
        }
        if (kind == LIST || kind == PROPLIST) {
            in.read1();
        }
        in.leave();
        depth--;
        first = false;
        out.raw(kind == LIST || kind == TUPLE ? ']' : '}');
    }

    private void value(EtfInput in) throws IOException {
        int start = in.position();
        switch (in.read1()) {
            case Tag.SMALL_INTEGER -> out.number(in.read1());
            case Tag.INTEGER -> out.number(in.read4());
            case Tag.BINARY -> scalars.binary(in);
            case Tag.ATOM_CACHE_REF -> scalars.cachedAtom(in);
            case Tag.SMALL_ATOM_UTF8 -> scalars.atom(in, in.read1());
            case Tag.ATOM_UTF8 -> scalars.atom(in, in.read2());
            case Tag.NEW_FLOAT -> scalars.floating(in);
            case Tag.MAP -> begin(in, MAP, in.arity(2), '{');
            case Tag.SMALL_TUPLE -> tuple(in, in.read1());
            case Tag.LARGE_TUPLE -> tuple(in, in.arity(1));
            case Tag.RECORD -> record(in);
            case Tag.NIL -> {
                out.raw('[');
                out.raw(']');
            }
            case Tag.LIST -> list(in, in.arity(1));
            case Tag.STRING -> scalars.bytes(in);
            default -> {
                in.seek(start);
                scalars.other(TermDecoder.decode(in));
            }
        }
    }

    private void tuple(EtfInput in, int arity) throws IOException {
        List<Atom> known = options.records().isEmpty() ? null : TupleNames.ahead(options.records(), in, arity);
        if (known == null) {
            begin(in, TUPLE, arity, '[');
        } else {
            TermDecoder.skip(in);
            begin(in, NAMED, known.size(), '{');
            fields[depth - 1] = known;
        }
    }

    private void record(EtfInput in) throws IOException {
        int fields = in.arity(3);
        TermDecoder.decodeRecordName(in);
        int firstName = in.position();
        for (int i = 0; i < fields; i++) {
            TermDecoder.skipAtom(in);
        }
        begin(in, RECORD, fields, '{');
        names[depth - 1] = firstName;
    }

    private void nameOfRecord(EtfInput in, int top) throws IOException {
        int value = in.position();
        in.seek(names[top]);
        scalars.name(in);
        names[top] = in.position();
        in.seek(value);
    }

    private void list(EtfInput in, int count) throws IOException {
        int head = in.peek1();
        if (options.chardataAsText() && chardata.read(in, count)) {
            scalars.text(chardata.text());
        } else if (options.charlistsAsText()
                && (head == Tag.SMALL_INTEGER || head == Tag.INTEGER)
                && Charlists.isPrintableAhead(in, count)) {
            scalars.codePoints(in, count);
            in.read1();
        } else if (options.proplistsAsObjects() && count > 0 && proplists.isAhead(in, count)) {
            begin(in, PROPLIST, count, '{');
        } else {
            begin(in, LIST, count, '[');
        }
    }

    @SuppressWarnings("unchecked") // The array does not leave this class.
    private static @Nullable List<Atom>[] newLists(int length) {
        return (List<Atom>[]) new List<?>[length];
    }

    @SuppressWarnings("unchecked") // The array does not leave this class.
    private static @Nullable Set<Term>[] newSets(int length) {
        return (Set<Term>[]) new Set<?>[length];
    }
}
