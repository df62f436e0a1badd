package dev.pier.erlang.term;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads binaries and bitstrings after their `<<`: integers, with a size in bits where it is not 8, and strings,
/// with `/utf8` where they are not Latin-1. For one thread.
final class BinaryParser {
    private static final int MAX_BITS = 64;

    private final TextCursor in;
    private byte[] bytes = new byte[16];
    private long bits;

    BinaryParser(TextCursor in) {
        this.in = in;
    }

    Term parse() {
        in.skipSpace();
        if (!in.accept(">>")) {
            do {
                in.skipSpace();
                segment();
                in.skipSpace();
            } while (in.accept(","));
            in.expect(">>");
        }
        int size = (int) ((bits + Byte.SIZE - 1) / Byte.SIZE);
        int lastBits = (int) (bits % Byte.SIZE);
        Binary binary = size == 0 ? Binary.EMPTY : Binary.of(bytes, 0, size);
        return lastBits == 0 ? binary : new Bitstring(binary, lastBits);
    }

    private void segment() {
        int start = in.position();
        if (in.peek() == '"') {
            string(start);
            return;
        }
        Term value = ScalarParser.parse(in);
        int size = Byte.SIZE;
        if (in.acceptSpaced(":")) {
            int at = in.position();
            if (!(ScalarParser.parse(in) instanceof IntegerTerm(long given)) || given < 0 || given > MAX_BITS) {
                throw in.error(at, "expected a size of 0 to " + MAX_BITS + " bits");
            }
            size = (int) given;
        }
        if (!(value instanceof IntegerTerm(long number)) || !fits(number, size)) {
            throw in.error(start, "expected an integer of " + size + " bits");
        }
        append(number, size);
    }

    private static boolean fits(long number, int size) {
        return size == MAX_BITS || (number >= 0 && number >>> size == 0);
    }

    private void string(int start) {
        String text = ScalarParser.quoted(in);
        if (in.accept("/utf8")) {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                append(b & 0xff, Byte.SIZE);
            }
        } else {
            text.codePoints().forEach(c -> {
                if (c > 0xff) {
                    throw in.error(start, "a string with characters above 255 needs /utf8");
                }
                append(c, Byte.SIZE);
            });
        }
    }

    private void append(long value, int size) {
        for (int bit = size - 1; bit >= 0; bit--) {
            int at = Math.toIntExact(bits / Byte.SIZE);
            if (at == bytes.length) {
                bytes = Arrays.copyOf(bytes, at * 2);
            }
            int free = Byte.SIZE - 1 - (int) (bits % Byte.SIZE);
            bytes[at] |= (byte) ((value >>> bit & 1) << free);
            bits++;
        }
    }
}
