package dev.pier.erlang.etf;

import dev.pier.erlang.BadBody;
import dev.pier.erlang.internal.Utf8;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.JsonLimits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads JSON text and writes it as one encoded term, from bytes to bytes. For one thread and one text.
///
/// Objects become maps, arrays lists, and texts binaries, the names in objects too. Nesting is kept in arrays, not on
/// the thread's stack, so that only the limit bounds it. A term takes at most three times the bytes of its text.
///
/// SPEC: RFC 8259, with what RFC 7493 (I-JSON) demands of names and surrogates: repeated names and lone surrogates are
/// refused, and so is a byte order mark.
public final class JsonReader {
    private static final int INITIAL_DEPTH = 8;

    /// Beyond any float, and far from the limits of an `int`.
    private static final int MAX_EXPONENT = 100_000;

    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long ONES = 0x0101010101010101L;
    private static final long SPACES = ONES * ' ';
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';

    private final byte[] text;
    private final JsonLimits limits;
    private final Atom nullAtom;
    private final EtfOutput out;
    private int at;

    // The containers that are open, outermost first.
    private int depth;
    private int[] heads = new int[INITIAL_DEPTH];
    private int[] counts = new int[INITIAL_DEPTH];
    private boolean[] objects = new boolean[INITIAL_DEPTH];
    private @Nullable MapKeys[] keys = new @Nullable MapKeys[INITIAL_DEPTH];

    private JsonReader(byte[] text, JsonLimits limits, Atom nullAtom, EtfOutput out) {
        this.text = text;
        this.limits = limits;
        this.nullAtom = nullAtom;
        this.out = out;
    }

    /// Appends the term, without the leading 131. After an exception the output may hold a part of it.
    ///
    /// @param nullAtom what `null` becomes
    /// @throws BadBody if the text is not JSON, or exceeds a limit; with line and column
    public static void read(byte[] utf8, JsonLimits limits, Atom nullAtom, EtfOutput out) {
        if (utf8.length > limits.bytes()) {
            throw new BadBody(
                    BadBody.Kind.TOO_LARGE, "the JSON text has more than " + limits.bytes() + " bytes (limit bytes)");
        }
        new JsonReader(utf8, limits, nullAtom, out).document();
    }

    private void document() {
        if (text.length >= 3 && text[0] == (byte) 0xef && text[1] == (byte) 0xbb && text[2] == (byte) 0xbf) {
            throw bad("a byte order mark before the JSON text");
        }
        value();
        while (depth > 0) {
            next();
        }
        if (skipSpace() >= 0) {
            throw bad("more text after the JSON value");
        }
    }

    // Structure

    /// Reads what follows a value in an array or an object.
    private void next() {
        int top = depth - 1;
        int c = skipSpace();
        if (c == ',') {
            at++;
            if (objects[top]) {
                name(top);
            } else {
                counts[top]++;
            }
            value();
        } else if (c == (objects[top] ? '}' : ']')) {
            at++;
            end(top);
        } else {
            throw unexpected(objects[top] ? "',' or '}'" : "',' or ']'");
        }
    }

    private void end(int top) {
        if (objects[top]) {
            MapKeys names = keysOf(top);
            if (names.hasRepetition(out.array())) {
                throw bad("the object that ends here has a name twice");
            }
            out.set4(heads[top] + 1, names.count());
        } else {
            out.set4(heads[top] + 1, counts[top]);
            out.write1(Tag.NIL);
        }
        depth--;
    }

    /// Reads a value; of an array or object that is not empty, the beginning up to the first value in it that is
    /// neither.
    private void value() {
        while (true) {
            switch (skipSpace()) {
                case '{' -> {
                    at++;
                    if (skipSpace() == '}') {
                        at++;
                        TermEncoder.encodeMapHeader(0, out);
                        return;
                    }
                    open(true, Tag.MAP);
                    name(depth - 1);
                }
                case '[' -> {
                    at++;
                    if (skipSpace() == ']') {
                        at++;
                        TermEncoder.encodeNil(out);
                        return;
                    }
                    open(false, Tag.LIST);
                    counts[depth - 1] = 1;
                }
                default -> {
                    scalar();
                    return;
                }
            }
        }
    }

    private void open(boolean object, int tag) {
        if (depth == limits.depth()) {
            throw bad("nested deeper than " + limits.depth() + " levels (limit depth)");
        }
        if (depth == heads.length) {
            heads = Arrays.copyOf(heads, 2 * depth);
            counts = Arrays.copyOf(counts, 2 * depth);
            objects = Arrays.copyOf(objects, 2 * depth);
            keys = Arrays.copyOf(keys, 2 * depth);
        }
        heads[depth] = out.size();
        objects[depth] = object;
        depth++;
        if (object) {
            keysOf(depth - 1).begin(null);
        }
        out.write1(tag);
        out.write4(0);
    }

    private MapKeys keysOf(int level) {
        MapKeys found = keys[level];
        if (found == null) {
            found = new MapKeys();
            keys[level] = found;
        }
        return found;
    }

    private void name(int top) {
        if (skipSpace() != '"') {
            throw unexpected("a name in quotes");
        }
        int start = out.size();
        string();
        keysOf(top).add(start, out.size());
        if (skipSpace() != ':') {
            throw unexpected("':'");
        }
        at++;
    }

    private void scalar() {
        int c = at < text.length ? text[at] : -1;
        switch (c) {
            case '"' -> string();
            case 't' -> literal(TRUE, Atom.TRUE);
            case 'f' -> literal(FALSE, Atom.FALSE);
            case 'n' -> literal(NULL, nullAtom);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw unexpected("a value");
        }
    }

    private void literal(byte[] word, Atom atom) {
        int end = at + word.length;
        if (end > text.length || !Arrays.equals(text, at, end, word, 0, word.length)) {
            throw bad("expected " + new String(word, StandardCharsets.US_ASCII));
        }
        at = end;
        TermEncoder.encodeAtom(atom, out);
    }

    /// Moves to the next token.
    ///
    /// @return its first byte; -1 at the end
    private int skipSpace() {
        while (at < text.length) {
            byte c = text[at];
            if (c > ' ' || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) {
                // A byte beyond ASCII must not be taken for the end.
                return c & 0xff;
            }
            at++;
        }
        return -1;
    }

    // Text

    private void string() {
        int start = at + 1;
        int i = plainEnd(start);
        if (i < text.length && text[i] == '"') {
            TermEncoder.encodeBinary(text, start, i - start, out);
            at = i + 1;
            return;
        }
        int head = out.size();
        out.write1(Tag.BINARY);
        out.write4(0);
        int run = start;
        while (true) {
            i = textEnd(i);
            out.write(text, run, i - run);
            at = i;
            if (i == text.length) {
                throw bad("the text has no closing quote");
            }
            if (text[i] == '"') {
                break;
            }
            if (text[i] != '\\') {
                throw text[i] < 0 ? bad("not UTF-8") : bad("a control character in a text, which must be escaped");
            }
            i = escape(i);
            run = i;
        }
        at = i + 1;
        out.set4(head + 1, out.size() - head - 5);
    }

    /// Where the text ends that is ASCII and means itself.
    private int plainEnd(int from) {
        int i = from;
        for (; i + Long.BYTES <= text.length; i += Long.BYTES) {
            long word = (long) LONG.get(text, i);
            // A byte below n where no byte has its high bit set; a byte equal to c is one of `word ^ c` below 1. The
            // lowest bit found is exact, because borrows go upwards only.
            long special =
                    ((word - SPACES) | ((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES) | word) & HIGH_BITS;
            if (special != 0) {
                return i + Long.numberOfTrailingZeros(special) / Byte.SIZE;
            }
        }
        while (i < text.length && text[i] >= ' ' && text[i] != '"' && text[i] != '\\') {
            i++;
        }
        return i;
    }

    /// Where the text ends that is UTF-8 and means itself.
    private int textEnd(int from) {
        int i = from;
        while (true) {
            i = plainEnd(i);
            if (i == text.length || text[i] >= 0) {
                return i;
            }
            int length = Utf8.characterLength(text, i, text.length);
            if (length == 0) {
                return i;
            }
            i += length;
        }
    }

    /// Writes the character of an escape.
    ///
    /// @return where the escape ends
    private int escape(int backslash) {
        int i = backslash + 1;
        int c = i < text.length ? text[i] : -1;
        switch (c) {
            case '"', '\\', '/' -> out.write1(c);
            case 'b' -> out.write1('\b');
            case 'f' -> out.write1('\f');
            case 'n' -> out.write1('\n');
            case 'r' -> out.write1('\r');
            case 't' -> out.write1('\t');
            case 'u' -> {
                return unicodeEscape(i + 1);
            }
            default -> throw bad("an unknown escape after a backslash");
        }
        return i + 1;
    }

    private int unicodeEscape(int from) {
        int unit = hex(from);
        int end = from + 4;
        if (unit < Character.MIN_SURROGATE || unit > Character.MAX_SURROGATE) {
            out.writeUtf8(unit);
            return end;
        }
        boolean pair = unit <= Character.MAX_HIGH_SURROGATE
                && end + 1 < text.length
                && text[end] == '\\'
                && text[end + 1] == 'u';
        int low = pair ? hex(end + 2) : 0;
        if (low < Character.MIN_LOW_SURROGATE || low > Character.MAX_LOW_SURROGATE) {
            throw bad("a lone surrogate is not a character");
        }
        out.writeUtf8(Character.toCodePoint((char) unit, (char) low));
        return end + 6;
    }

    private int hex(int from) {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = i < text.length && text[i] >= 0 ? Character.digit(text[i], 16) : -1;
            if (digit < 0) {
                throw bad("expected four hexadecimal digits after \\u");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    // Numbers

    private void number() {
        int start = at;
        boolean negative = text[start] == '-';
        int first = negative ? start + 1 : start;
        int i = digitsEnd(first);
        int integerDigits = i - first;
        if (integerDigits == 0) {
            at = i;
            throw unexpected("a digit");
        }
        if (integerDigits > 1 && text[first] == '0') {
            throw bad("a number must not begin with 0 and another digit");
        }
        int c = i < text.length ? text[i] : -1;
        if (c != '.' && c != 'e' && c != 'E') {
            requireDigits(integerDigits);
            JsonNumbers.integer(text, first, integerDigits, negative, out);
            at = i;
        } else {
            floating(start, integerDigits, i);
        }
    }

    private void floating(int start, int integerDigits, int integerEnd) {
        int i = integerEnd;
        int fraction = i;
        int fractionDigits = 0;
        if (text[i] == '.') {
            fraction = i + 1;
            i = digitsEnd(fraction);
            fractionDigits = i - fraction;
            if (fractionDigits == 0) {
                at = i;
                throw unexpected("a digit after the point");
            }
        }
        int exponent = 0;
        int exponentDigits = 0;
        if (i < text.length && (text[i] | 0x20) == 'e') {
            i++;
            boolean below = i < text.length && text[i] == '-';
            if (below || (i < text.length && text[i] == '+')) {
                i++;
            }
            int first = i;
            i = digitsEnd(first);
            exponentDigits = i - first;
            if (exponentDigits == 0) {
                at = i;
                throw unexpected("a digit of the exponent");
            }
            for (int k = first; k < i; k++) {
                exponent = Math.min(MAX_EXPONENT, 10 * exponent + (text[k] - '0'));
            }
            exponent = below ? -exponent : exponent;
        }
        requireDigits(integerDigits + fractionDigits + exponentDigits);
        double value = JsonNumbers.floating(text, start, i, integerDigits, fraction, fractionDigits, exponent);
        if (Double.isInfinite(value)) {
            throw bad("a number that is too large for a float");
        }
        at = i;
        TermEncoder.encodeDouble(value, out);
    }

    private int digitsEnd(int from) {
        int i = from;
        while (i < text.length && text[i] >= '0' && text[i] <= '9') {
            i++;
        }
        return i;
    }

    private void requireDigits(int digits) {
        if (digits > limits.digits()) {
            throw bad("a number of " + digits + " digits, more than " + limits.digits() + " (limit digits)");
        }
    }

    // Errors

    private BadBody unexpected(String expected) {
        return bad("expected " + expected + (at < text.length ? "" : ", but the text ends here"));
    }

    /// An error at the current place.
    private BadBody bad(String problem) {
        int line = 1;
        int lineStart = 0;
        int end = Math.min(at, text.length);
        for (int i = 0; i < end; i++) {
            if (text[i] == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        int column = 1;
        for (int i = lineStart; i < end; i++) {
            // The further bytes of a character do not count.
            if ((text[i] & 0xc0) != 0x80) {
                column++;
            }
        }
        return new BadBody(BadBody.Kind.MALFORMED, "not JSON: " + problem, line, column, null);
    }
}
