package dev.pier.erlang.jackson;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Tells whether bytes are text.
public final class Utf8 {
    /// Nothing but ASCII.
    public static final int ASCII = 0;
    /// UTF-8 with characters beyond ASCII.
    public static final int BEYOND = 1;
    public static final int NO_TEXT = 2;
    /// How many bytes behind its copy [#copyPlain] may overwrite.
    public static final int SLACK = Long.BYTES - 1;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long ONES = 0x0101010101010101L;
    private static final long SPACES = ONES * ' ';
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';

    private Utf8() {}

    public static int kind(byte[] bytes, int from, int length) {
        int ascii = asciiPrefix(bytes, from, length);
        if (ascii == length) {
            return ASCII;
        }
        return isUtf8(bytes, from + ascii, from + length) ? BEYOND : NO_TEXT;
    }

    /// Whether the bytes are ASCII that JSON takes as it is: no control character, quote or backslash.
    public static boolean isPlain(byte[] bytes, int from, int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (isSpecial((long) LONG.get(bytes, from + i))) {
                return false;
            }
        }
        return i == length || !isSpecial(lastWord(bytes, from + i, length - i));
    }

    /// As [#isPlain], with a copy made on the way: most texts are short, and going over them twice costs more than the
    /// copy. Of what is not plain, a part may have been copied; and up to [#SLACK] bytes behind the copy are
    /// overwritten.
    public static boolean copyPlain(byte[] bytes, int from, int length, byte[] to, int at) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            long word = (long) LONG.get(bytes, from + i);
            if (isSpecial(word)) {
                return false;
            }
            LONG.set(to, at + i, word);
        }
        if (i < length) {
            long word = lastWord(bytes, from + i, length - i);
            if (isSpecial(word)) {
                return false;
            }
            LONG.set(to, at + i, word);
        }
        return true;
    }

    /// The usual test for a byte below n, where no byte has its high bit set; a byte equal to c is one of word ^ c
    /// below 1.
    private static boolean isSpecial(long word) {
        long special = (word - SPACES) | ((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES) | word;
        return (special & HIGH_BITS) != 0;
    }

    /// Fewer than eight bytes as a word, filled up with spaces.
    private static long lastWord(byte[] bytes, int from, int length) {
        if (from + Long.BYTES <= bytes.length) {
            long beyond = -1L << (length * Byte.SIZE);
            return ((long) LONG.get(bytes, from) & ~beyond) | (SPACES & beyond);
        }
        long word = SPACES;
        for (int i = length - 1; i >= 0; i--) {
            word = word << Byte.SIZE | (bytes[from + i] & 0xff);
        }
        return word;
    }

    private static int asciiPrefix(byte[] bytes, int from, int length) {
        int i = 0;
        while (i + Long.BYTES <= length && ((long) LONG.get(bytes, from + i) & HIGH_BITS) == 0) {
            i += Long.BYTES;
        }
        while (i < length && bytes[from + i] >= 0) {
            i++;
        }
        return i;
    }

    /// Shortest forms only, no surrogates, nothing above U+10FFFF: what Erlang's `/utf8` matches.
    private static boolean isUtf8(byte[] bytes, int from, int end) {
        int i = from;
        while (i < end) {
            int first = bytes[i++];
            if (first >= 0) {
                continue;
            }
            int more = (first & 0xe0) == 0xc0 ? 1 : (first & 0xf0) == 0xe0 ? 2 : (first & 0xf8) == 0xf0 ? 3 : 0;
            if (more == 0 || end - i < more) {
                return false;
            }
            int c = first & (0x3f >> more);
            for (int k = 0; k < more; k++) {
                int next = bytes[i++];
                if ((next & 0xc0) != 0x80) {
                    return false;
                }
                c = c << 6 | (next & 0x3f);
            }
            boolean shortest = more == 1 ? c >= 0x80 : more == 2 ? c >= 0x800 : c >= 0x10000;
            if (!shortest || c > Character.MAX_CODE_POINT || (c >= 0xd800 && c <= 0xdfff)) {
                return false;
            }
        }
        return true;
    }
}
