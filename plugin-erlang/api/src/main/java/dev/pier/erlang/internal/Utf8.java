package dev.pier.erlang.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// UTF-8 in byte arrays: validity, code points, text. Pure.
///
/// Valid are shortest forms of characters up to U+10FFFF without surrogates, which is what Erlang's `/utf8`
/// matches.
public final class Utf8 {
    /// Nothing but ASCII.
    public static final int ASCII = 0;
    /// UTF-8 with characters beyond ASCII.
    public static final int NON_ASCII = 1;
    public static final int INVALID = 2;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /// @return [#ASCII], [#NON_ASCII] or [#INVALID]
    public static int kind(byte[] bytes, int from, int length) {
        int ascii = asciiPrefix(bytes, from, length);
        if (ascii == length) {
            return ASCII;
        }
        return isValid(bytes, from + ascii, from + length) ? NON_ASCII : INVALID;
    }

    /// The text of the bytes; `null` if they are not UTF-8.
    public static @Nullable String decode(byte[] bytes, int from, int length) {
        return switch (kind(bytes, from, length)) {
            case ASCII -> new String(bytes, from, length, StandardCharsets.ISO_8859_1);
            case NON_ASCII -> new String(bytes, from, length, StandardCharsets.UTF_8);
            default -> null;
        };
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

    private static boolean isValid(byte[] bytes, int from, int end) {
        int i = from;
        while (i < end) {
            int length = characterLength(bytes, i, end);
            if (length == 0) {
                return false;
            }
            i += length;
        }
        return true;
    }

    /// How many bytes the character at a position has; 0 if it is not UTF-8, or goes on at `end`.
    public static int characterLength(byte[] bytes, int at, int end) {
        int first = bytes[at];
        if (first >= 0) {
            return 1;
        }
        int more = (first & 0xe0) == 0xc0 ? 1 : (first & 0xf0) == 0xe0 ? 2 : (first & 0xf8) == 0xf0 ? 3 : 0;
        if (more == 0 || end - at <= more) {
            return 0;
        }
        for (int i = 1; i <= more; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int c = codePoint(bytes, at, more + 1);
        boolean shortest = more == 1 ? c >= 0x80 : more == 2 ? c >= 0x800 : c >= 0x10000;
        return shortest && Unicode.isCharacter(c) ? more + 1 : 0;
    }

    /// The character at a position.
    ///
    /// @param length what [#characterLength] returned for it
    public static int codePoint(byte[] bytes, int at, int length) {
        if (length == 1) {
            return bytes[at];
        }
        int c = bytes[at] & (0xff >> (length + 1));
        for (int i = 1; i < length; i++) {
            c = c << 6 | (bytes[at + i] & 0x3f);
        }
        return c;
    }
}
