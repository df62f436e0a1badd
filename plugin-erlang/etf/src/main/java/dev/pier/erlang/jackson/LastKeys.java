package dev.pier.erlang.jackson;

import dev.pier.erlang.etf.EtfInput;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The keys of the previous map of the same level. Rows repeat their keys in the same order, so that comparing
/// bytes replaces decoding. For one thread and one cursor.
final class LastKeys {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_KEYS = 32;
    private static final int MAX_BYTES = 64;

    private final int[] starts = new int[MAX_KEYS];
    private final int[] lengths = new int[MAX_KEYS];
    /// The first and the last eight bytes of each key; bytes after a shorter key are masked out.
    private final long[] heads = new long[MAX_KEYS];
    private final long[] masks = new long[MAX_KEYS];
    private final long[] tails = new long[MAX_KEYS];
    private final String[] names = new String[MAX_KEYS];
    /// The names that were recalled at least once, a bit for each. Only they are interned, as the names of a
    /// class's properties are: a look-up then needs no comparison of characters, and names that come once do not
    /// fill the JVM's table.
    private long repeated;

    /// The name of the key at the cursor, which moves to the end of the key.
    ///
    /// @param index the index of the key in its map
    /// @return `null` if the previous map had another key there; the cursor does not move then
    @Nullable
    String recall(int index, EtfInput in) {
        if (index >= MAX_KEYS || lengths[index] == 0) {
            return null;
        }
        int length = lengths[index];
        if (in.remaining() < length || !isAt(in.bytes(), in.position(), index)) {
            return null;
        }
        in.skip(length);
        if ((repeated & 1L << index) == 0) {
            repeated |= 1L << index;
            names[index] = names[index].intern();
        }
        return names[index];
    }

    /// Whether the bytes of a remembered key are at a position. The caller has checked that there are enough bytes.
    private boolean isAt(byte[] bytes, int position, int index) {
        int length = lengths[index];
        if (position + Long.BYTES > bytes.length) {
            int start = starts[index];
            return Arrays.equals(bytes, start, start + length, bytes, position, position + length);
        }
        return (((long) LONG.get(bytes, position) ^ heads[index]) & masks[index]) == 0
                && (length <= Long.BYTES || isRestAt(bytes, position, index, length));
    }

    private boolean isRestAt(byte[] bytes, int position, int index, int length) {
        if ((long) LONG.get(bytes, position + length - Long.BYTES) != tails[index]) {
            return false;
        }
        int start = starts[index];
        return length <= 2 * Long.BYTES
                || Arrays.equals(bytes, start, start + length, bytes, position, position + length);
    }

    /// Remembers the key between `start` and the cursor.
    void remember(int index, int start, EtfInput in, String name) {
        if (index >= MAX_KEYS) {
            return;
        }
        byte[] bytes = in.bytes();
        int length = in.position() - start;
        if (length > MAX_BYTES || start + Long.BYTES > bytes.length) {
            lengths[index] = 0;
            return;
        }
        starts[index] = start;
        lengths[index] = length;
        heads[index] = (long) LONG.get(bytes, start);
        masks[index] = length < Long.BYTES ? (1L << (length * Byte.SIZE)) - 1 : -1;
        tails[index] = length < Long.BYTES ? 0 : (long) LONG.get(bytes, in.position() - Long.BYTES);
        names[index] = name;
        repeated &= ~(1L << index);
    }
}
