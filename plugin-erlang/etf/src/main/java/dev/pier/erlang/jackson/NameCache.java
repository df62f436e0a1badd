package dev.pier.erlang.jackson;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.internal.Utf8;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A cache of names by their bytes, so that the name of a field is decoded once, not once per row.
///
/// Safe for many threads without a lock: entries are immutable, and an overwritten entry is made again. The cache
/// is bounded: a name replaces another one whose hash has the same slot.
final class NameCache {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final int BITS = 10;
    private static final int MAX_LENGTH = 64;

    /// A name with its first and last eight bytes, which are all of a name of up to sixteen bytes.
    private static final class Entry {
        final byte[] utf8;
        final long head;
        final long tail;
        final String name;

        Entry(byte[] utf8, long head, long tail, String name) {
            this.utf8 = utf8;
            this.head = head;
            this.tail = tail;
            this.name = name;
        }
    }

    private final @Nullable Entry[] entries = new @Nullable Entry[1 << BITS];

    /// @throws MalformedTerm if the bytes are not UTF-8
    String name(byte[] bytes, int from, int length) {
        if (length > MAX_LENGTH) {
            return decode(bytes, from, length);
        }
        long head = word(bytes, from, Math.min(length, Long.BYTES));
        long tail = length > Long.BYTES ? (long) LONG.get(bytes, from + length - Long.BYTES) : 0;
        int index = (int) (mix(mix(head + length) ^ tail) >>> (Long.SIZE - BITS));
        Entry known = entries[index];
        if (known != null
                && known.head == head
                && known.tail == tail
                && known.utf8.length == length
                && (length <= 2 * Long.BYTES || Arrays.equals(known.utf8, 0, length, bytes, from, from + length))) {
            return known.name;
        }
        String name = decode(bytes, from, length);
        entries[index] = new Entry(Arrays.copyOfRange(bytes, from, from + length), head, tail, name);
        return name;
    }

    /// Up to eight bytes as a number.
    private static long word(byte[] bytes, int from, int length) {
        if (from + Long.BYTES <= bytes.length) {
            long word = (long) LONG.get(bytes, from);
            return length == Long.BYTES ? word : word & ((1L << (length * Byte.SIZE)) - 1);
        }
        long word = 0;
        for (int i = length - 1; i >= 0; i--) {
            word = word << Byte.SIZE | (bytes[from + i] & 0xff);
        }
        return word;
    }

    private static long mix(long value) {
        long mixed = value * MULTIPLIER;
        return (mixed ^ (mixed >>> 32)) * MULTIPLIER;
    }

    private static String decode(byte[] bytes, int from, int length) {
        String name = Utf8.decode(bytes, from, length);
        if (name == null) {
            throw new MalformedTerm("a name before byte " + (from + length) + " that is not UTF-8");
        }
        return name;
    }
}
