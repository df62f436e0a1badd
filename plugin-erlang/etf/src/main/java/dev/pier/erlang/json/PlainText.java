package dev.pier.erlang.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// ASCII text that is the same in JSON: no control character, quote or backslash. Looks at eight bytes at once.
/// Pure.
final class PlainText {
    /// How many bytes after its copy [#copyPlain] may overwrite.
    static final int SLACK = Long.BYTES - 1;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long ONES = 0x0101010101010101L;
    private static final long SPACES = ONES * ' ';
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';

    private PlainText() {}

    /// Whether the bytes are such text.
    static boolean isPlain(byte[] bytes, int from, int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (isSpecial((long) LONG.get(bytes, from + i))) {
                return false;
            }
        }
        return i == length || !isSpecial(lastWord(bytes, from + i, length - i));
    }

    /// As [#isPlain], but copies the bytes at the same time, because reading most texts twice costs more than the
    /// copy. Up to [#SLACK] bytes after the copy are overwritten. If the text is not plain, a part may have been
    /// copied.
    static boolean copyPlain(byte[] bytes, int from, int length, byte[] to, int at) {
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

    /// Tests for a byte below n where no byte has its high bit set; a byte equal to c is a byte of `word ^ c`
    /// below 1.
    private static boolean isSpecial(long word) {
        long special = (word - SPACES) | ((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES) | word;
        return (special & HIGH_BITS) != 0;
    }

    /// Fewer than eight bytes as a word, padded with spaces.
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
}
