package dev.pier.erlang.jackson;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes one term as JSON, from bytes to bytes. For one thread.
///
/// Nesting is kept in arrays and not on the stack, so that it may go as deep as the limits allow.
final class JsonWriter {
    private static final byte LIST = 0;
    private static final byte TUPLE = 1;
    private static final byte MAP = 2;
    private static final byte PROPLIST = 3;

    private static final int FIRST_DEPTH = 16;
    /// A multiple of three, so that Base64 has padding at the end only.
    private static final int BASE64_STEP = 3 * 1024;

    private static final byte[] NULL = ascii("null");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] NIL = ascii("nil");
    private static final byte[] UNDEFINED = ascii("undefined");

    private final EtfInput in;
    private final JsonOptions options;
    private final JsonOutput out;

    private byte[] kinds = new byte[FIRST_DEPTH];
    private int[] remaining = new int[FIRST_DEPTH];
    private @Nullable Set<Term>[] seen = newSets(FIRST_DEPTH);
    private boolean first = true;
    private int depth;

    JsonWriter(EtfInput in, JsonOptions options, JsonOutput out) {
        this.in = in;
        this.options = options;
        this.out = out;
    }

    void write() throws IOException {
        writeWhole();
        out.flush();
    }

    /// The same without a flush.
    void writeWhole() throws IOException {
        value();
        while (depth > 0) {
            if (remaining[depth - 1] > 0) {
                next();
            } else {
                end();
            }
        }
        if (in.remaining() > 0) {
            throw new MalformedTerm(in.remaining() + " bytes behind the term, which ends at byte " + in.position());
        }
    }

    /// Writes the term as the name of a member.
    void writeName() throws IOException {
        name();
    }

    // Containers

    private void next() throws IOException {
        int top = depth - 1;
        remaining[top]--;
        switch (kinds[top]) {
            case MAP -> {
                comma();
                name();
                out.raw(':');
                value();
            }
            case PROPLIST -> entry(top);
            default -> {
                comma();
                value();
            }
        }
    }

    private void comma() throws IOException {
        if (!first) {
            out.raw(',');
        }
        first = false;
    }

    private void entry(int top) throws IOException {
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
        name();
        out.raw(':');
        if (bare) {
            out.raw(TRUE, 0, TRUE.length);
        } else {
            value();
        }
    }

    private void begin(byte kind, int size, char bracket) throws IOException {
        in.enter();
        if (depth == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * depth);
            remaining = Arrays.copyOf(remaining, 2 * depth);
            seen = Arrays.copyOf(seen, 2 * depth);
        }
        kinds[depth] = kind;
        remaining[depth] = size;
        seen[depth] = null;
        depth++;
        first = true;
        out.raw(bracket);
    }

    private void end() throws IOException {
        byte kind = kinds[depth - 1];
        if (kind == LIST && in.peek1() != Tag.NIL) {
            // The tail of an improper list, as its last element.
            kinds[depth - 1] = TUPLE;
            comma();
            value();
            return;
        }
        if (kind == LIST || kind == PROPLIST) {
            in.read1();
        }
        in.leave();
        depth--;
        first = false;
        out.raw(kind == MAP || kind == PROPLIST ? '}' : ']');
    }

    // Values

    private void value() throws IOException {
        int start = in.position();
        switch (in.read1()) {
            case Tag.SMALL_INTEGER -> out.number(in.read1());
            case Tag.INTEGER -> out.number(in.read4());
            case Tag.BINARY -> binary();
            case Tag.SMALL_ATOM_UTF8 -> atom(in.read1());
            case Tag.ATOM_UTF8 -> atom(in.read2());
            case Tag.NEW_FLOAT -> floating(Double.longBitsToDouble(in.read8()));
            case Tag.MAP -> begin(MAP, in.arity(2), '{');
            case Tag.SMALL_TUPLE -> begin(TUPLE, in.read1(), '[');
            case Tag.LARGE_TUPLE -> begin(TUPLE, in.arity(1), '[');
            case Tag.NIL -> {
                out.raw('[');
                out.raw(']');
            }
            case Tag.LIST -> list(in.arity(1));
            case Tag.STRING -> bytes(in.read2());
            default -> {
                in.seek(start);
                other(TermDecoder.decode(in));
            }
        }
    }

    private void list(int count) throws IOException {
        int head = in.peek1();
        if (options.charlistsAsText()
                && (head == Tag.SMALL_INTEGER || head == Tag.INTEGER)
                && Charlists.isPrintableAhead(in, count)) {
            out.raw('"');
            for (int i = 0; i < count; i++) {
                out.character(Charlists.codePoint(in));
            }
            in.read1();
            out.raw('"');
        } else if (options.proplistsAsObjects() && count > 0 && Proplists.isAhead(in, count, true)) {
            begin(PROPLIST, count, '{');
        } else {
            begin(LIST, count, '[');
        }
    }

    /// A list of small integers.
    private void bytes(int length) throws IOException {
        int from = in.skip(length);
        if (options.charlistsAsText() && Charlists.isPrintable(in.bytes(), from, length)) {
            latin1(from, length);
        } else {
            numbers(from, length);
        }
    }

    private void latin1(int from, int length) throws IOException {
        out.raw('"');
        for (int i = from; i < from + length; i++) {
            out.character(in.bytes()[i] & 0xff);
        }
        out.raw('"');
    }

    private void numbers(int from, int length) throws IOException {
        out.raw('[');
        for (int i = 0; i < length; i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.number(in.bytes()[from + i] & 0xff);
        }
        out.raw(']');
    }

    private void binary() throws IOException {
        int length = in.length();
        int from = in.skip(length);
        if (out.plainString(in.bytes(), from, length)) {
            return;
        }
        if (Utf8.kind(in.bytes(), from, length) != Utf8.NO_TEXT) {
            out.string(in.bytes(), from, length);
            return;
        }
        switch (options.binaries()) {
            case BASE64 -> base64(Base64.getEncoder(), from, length);
            case BASE64_URL -> base64(Base64.getUrlEncoder().withoutPadding(), from, length);
            case ARRAY -> numbers(from, length);
        }
    }

    private void base64(Base64.Encoder encoder, int from, int length) throws IOException {
        out.raw('"');
        for (int done = 0; done < length; done += BASE64_STEP) {
            int start = from + done;
            byte[] step = Arrays.copyOfRange(in.bytes(), start, start + Math.min(BASE64_STEP, length - done));
            byte[] encoded = encoder.encode(step);
            out.raw(encoded, 0, encoded.length);
        }
        out.raw('"');
    }

    private void atom(int length) throws IOException {
        int from = in.skip(length);
        byte[] literal = literal(from, length);
        if (literal != null) {
            out.raw(literal, 0, literal.length);
        } else {
            atomText(from, length);
        }
    }

    private void atomText(int from, int length) throws IOException {
        if (out.plainString(in.bytes(), from, length)) {
            return;
        }
        if (Utf8.kind(in.bytes(), from, length) == Utf8.NO_TEXT) {
            throw new MalformedTerm("the name of the atom before byte " + in.position() + " is no UTF-8");
        }
        out.string(in.bytes(), from, length);
    }

    private byte @Nullable [] literal(int from, int length) {
        return switch (length) {
            case 3 -> is(NIL, from) ? NULL : null;
            case 4 -> is(TRUE, from) ? TRUE : is(NULL, from) ? NULL : null;
            case 5 -> is(FALSE, from) ? FALSE : null;
            case 9 -> is(UNDEFINED, from) ? NULL : null;
            default -> null;
        };
    }

    private boolean is(byte[] name, int from) {
        return Arrays.equals(name, 0, name.length, in.bytes(), from, from + name.length);
    }

    private void floating(double value) throws IOException {
        if (!Double.isFinite(value)) {
            throw new MalformedTerm(value + " before byte " + in.position() + ": Erlang has finite floats only");
        }
        out.raw(Double.toString(value));
    }

    /// What has more than one form on the wire, or is rare.
    private void other(Term term) throws IOException {
        switch (term) {
            case Atom atom -> {
                byte[] name = atom.name().getBytes(StandardCharsets.UTF_8);
                switch (atom.name()) {
                    case "true", "false", "null" -> out.raw(name, 0, name.length);
                    case "undefined", "nil" -> out.raw(NULL, 0, NULL.length);
                    default -> out.string(name, 0, name.length);
                }
            }
            case IntegerTerm(long value) -> out.raw(Long.toString(value));
            case BigIntegerTerm(BigInteger value) -> out.raw(value.toString());
            case FloatTerm(double value) -> out.raw(Double.toString(value));
            default -> out.string(term.toString());
        }
    }

    // Names

    private void name() throws IOException {
        int start = in.position();
        switch (in.read1()) {
            case Tag.SMALL_ATOM_UTF8 -> {
                int length = in.read1();
                atomText(in.skip(length), length);
            }
            case Tag.BINARY -> {
                int length = in.length();
                int from = in.skip(length);
                if (out.plainString(in.bytes(), from, length)) {
                    return;
                }
                if (Utf8.kind(in.bytes(), from, length) == Utf8.NO_TEXT) {
                    textForm(start);
                } else {
                    out.string(in.bytes(), from, length);
                }
            }
            case Tag.STRING -> {
                int length = in.read2();
                int from = in.skip(length);
                if (Charlists.isPrintable(in.bytes(), from, length)) {
                    latin1(from, length);
                } else {
                    textForm(start);
                }
            }
            default -> textForm(start);
        }
    }

    private void textForm(int start) throws IOException {
        in.seek(start);
        Term key = TermDecoder.decode(in);
        out.string(key instanceof Atom atom ? atom.name() : key.toString());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @SuppressWarnings("unchecked") // Nobody but this class sees the array.
    private static @Nullable Set<Term>[] newSets(int length) {
        return (Set<Term>[]) new Set<?>[length];
    }
}
